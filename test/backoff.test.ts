import { expect } from "chai";
import fc from "fast-check";
import { backoffMs } from "../src/backoff.js";

describe("the pause before ARI is tried again", () => {
  const least = (): number => 0;
  const most = (): number => 1 - Number.EPSILON;

  it("doubles with each failure", () => {
    expect([0, 1, 2, 3].map((failures) => backoffMs(failures, 100, 5_000, most))).to.deep.equal([
      100, 200, 400, 800,
    ]);
  });

  it("is never less than half of that", () => {
    expect([0, 1, 2, 3].map((failures) => backoffMs(failures, 100, 5_000, least))).to.deep.equal([
      50, 100, 200, 400,
    ]);
  });

  it("stops growing at the cap, after however many failures", () => {
    expect(backoffMs(6, 100, 5_000, most)).to.equal(5_000);
    expect(backoffMs(100_000, 100, 5_000, most)).to.equal(5_000);
  });

  it("is a whole number of milliseconds between half the base and the cap, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, base, random) => {
          const ms = backoffMs(failures, base, 5_000, () => random);
          expect(Number.isInteger(ms)).to.be.true;
          expect(ms).to.be.within(Math.floor(base / 2), 5_000);
        },
      ),
    );
  });
});

import { expect } from "chai";
import type { Held } from "../../src/acts/shared-limits.js";
import { Hold } from "../../src/telephony/hold.js";

const NOW = 1_000_000;
const FULL: Held = { kind: "held", by: "trunk", why: "lines", retryInMs: 2_000 };
const FAST: Held = { kind: "held", by: "trunk", why: "pace", retryInMs: 300 };

describe("a limit that is counted over all nodes", () => {
  it("is in nobody's way while nothing was heard of it, however many ask", () => {
    const hold = new Hold();
    hold.ask();
    hold.ask();
    expect(hold.wait(NOW)).to.equal(0);
  });

  it("once reached is asked about again when it may be otherwise, by one call at a time", () => {
    const hold = new Hold();
    hold.heard(FULL, NOW);
    expect(hold.wait(NOW + 500)).to.equal(1_500);
    expect(hold.wait(NOW + 2_000)).to.equal(0);
    hold.ask();
    expect(hold.wait(NOW + 2_000)).to.equal(Infinity);
    hold.heard(FULL, NOW + 2_010);
    expect(hold.wait(NOW + 2_010)).to.equal(2_000);
    hold.ask();
    hold.heard(null, NOW + 4_010);
    hold.ask();
    expect(hold.wait(NOW + 4_010)).to.equal(0);
  });

  it("is asked about by another when nothing came of the one that asked", () => {
    const hold = new Hold();
    hold.heard(FAST, NOW);
    hold.ask();
    hold.forget();
    expect(hold.wait(NOW + 300)).to.equal(0);
  });

  it("is asked about earlier when a call has ended somewhere, but not with each that ends", () => {
    const hold = new Hold();
    hold.heard(FULL, NOW);
    expect(hold.lift(NOW + 10)).to.equal(true);
    expect(hold.wait(NOW + 10)).to.equal(190);
    expect(hold.lift(NOW + 20)).to.equal(false);
    hold.heard(FAST, NOW + 300);
    expect(hold.lift(NOW + 310), "no end of a call makes a turn come earlier").to.equal(false);
  });

  it("is not waited for longer than was told when the clock is set back", () => {
    const hold = new Hold();
    hold.heard(FULL, NOW);
    expect(hold.wait(NOW - 3_600_000)).to.equal(2_000);
  });
});

import { expect } from "chai";
import { ServerTime } from "../../src/store/postgres/server-time.js";

/** What the server's clock is ahead of ours, milliseconds. */
const AHEAD = 30_000;

describe("the time of the database server", () => {
  const real = (): number => performance.timeOrigin + performance.now() + AHEAD;

  it("is this machine's own before the server has said a word", () => {
    expect(new ServerTime().now()).to.be.closeTo(Date.now(), 5_000);
  });

  it("is what the server tells, whatever this machine's clock says", () => {
    const time = new ServerTime();
    time.told(real());
    expect(time.now()).to.be.closeTo(real(), 1_000);
  });

  it("is not made late by an answer that was", () => {
    const time = new ServerTime();
    time.told(real());
    time.told(real() - 4_000);
    time.told(real() - 9_000);
    expect(time.now()).to.be.closeTo(real(), 1_000);
  });

  it("goes by whole milliseconds and never back while it is told the same", () => {
    const time = new ServerTime();
    let before = 0;
    for (let told = 0; told < 1_000; told += 1) {
      time.told(Math.floor(real()));
      const now = time.now();
      expect(Number.isInteger(now)).to.equal(true);
      expect(now).to.be.at.least(before);
      before = now;
    }
  });
});

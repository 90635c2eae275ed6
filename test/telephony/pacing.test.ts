import { expect } from "chai";
import { Pacing } from "../../src/pacing.js";

const NOW = 1_800_000_000_000;

describe("the pace of new calls", () => {
  for (const callsPerSecond of [1, 4, 50]) {
    it(`at ${callsPerSecond} a second is kept, a tenth of a second's worth may go at once`, () => {
      const pacing = new Pacing(callsPerSecond);
      let calls = 0;
      for (let now = NOW; now < NOW + 1000; now += 1) {
        while (calls <= 2 * callsPerSecond && pacing.take(now) === 0) calls += 1;
      }
      expect(calls).to.be.within(callsPerSecond, callsPerSecond * 1.1);
    });

    it(`at ${callsPerSecond} a second is found again when the clock is set back`, () => {
      const pacing = new Pacing(callsPerSecond);
      expect(pacing.take(NOW)).to.equal(0);
      const now = NOW - 600_000;
      const wait = pacing.take(now);
      expect(wait).to.be.at.most(1000 / callsPerSecond);
      expect(pacing.take(now + wait)).to.equal(0);
    });
  }
});

import { expect } from "chai";
import { TrunkLine } from "../../src/telephony/trunk-line.js";
import { HORIZON_MS, LATE_MS, type Turn, turnAfter, turnInterval, WAY_MS } from "../../src/turns.js";

const NOW = 1_800_000_000_000;
/** What the way of a call to the carrier may differ from that of another, with the clocks of their nodes. */
const DIFFERS_MS = WAY_MS - 1;
const RATES = [0.5, 1, 1.5, 2, 2.5, 3, 5, 7, 10, 33, 50, 100];

/** The same numbers in each run (mulberry32): what fails fails again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The most of them that lie within one second, both ends included. */
function mostInASecond(arrivals: readonly number[]): number {
  const sorted = [...arrivals].sort((a, b) => a - b);
  let [most, from] = [0, 0];
  sorted.forEach((at, nth) => {
    while ((sorted[from] ?? at) < at - 1000) from += 1;
    most = Math.max(most, nth - from + 1);
  });
  return most;
}

const allowed = (perSecond: number): number => Math.max(1, Math.floor(perSecond));

describe("turns by a trunk", () => {
  for (const perSecond of RATES) {
    it(`at ${perSecond} a second: no second has more calls at the carrier, whatever nodes, delays and ways`, () => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const random = chance(seed);
        const interval = turnInterval(perSecond);
        let [next, now, missed] = [0, NOW, 0];
        const arrivals: number[] = [];
        const take = (from: number, leadMs: number): Turn => {
          const turn = turnAfter(next, from, interval, leadMs);
          next = turn.next;
          return turn;
        };
        while (arrivals.length < 400) {
          // As fast as they may, or after a pause.
          now = random() < 0.9 ? Math.max(now, next - HORIZON_MS) : now + random() * 3000;
          let { at } = take(now, 0);
          // One in ten comes too late for its turn and takes another.
          for (let late = random() * LATE_MS * 1.1; ; late = random() * LATE_MS) {
            if (late <= LATE_MS) {
              arrivals.push(at + late + random() * DIFFERS_MS);
              break;
            }
            missed += 1;
            ({ at } = take(at + late, LATE_MS));
          }
        }
        expect(mostInASecond(arrivals), `seed ${seed}`).to.be.at.most(allowed(perSecond));
        expect(missed).to.be.greaterThan(0);
      }
    });

    it(`at ${perSecond} a second: a service alone keeps it too, however its calls bunch up`, () => {
      const random = chance(7);
      const line = new TrunkLine({ maxCalls: 10_000, maxCps: perSecond });
      const arrivals: number[] = [];
      let now = NOW;
      // What was begun and waits for its commit; now and then that takes a second.
      let begun = 0;
      for (let pausedUntil = 0; arrivals.length < 500; now += 1) {
        if (line.take(now, random)) begun += 1;
        if (random() < 0.0001) pausedUntil = now + 1000;
        if (now < pausedUntil) continue;
        for (; begun > 0; begun -= 1) {
          arrivals.push(Math.max(now, line.turn(now, 0)) + random() * (LATE_MS + WAY_MS));
        }
      }
      expect(mostInASecond(arrivals)).to.be.at.most(allowed(perSecond));
      // And has not gone to sleep over it.
      const seconds = (Math.max(...arrivals) - NOW) / 1000;
      expect(arrivals.length / seconds).to.be.at.least(
        perSecond < 1 ? 0.7 * perSecond : 0.7 * allowed(perSecond),
      );
    });
  }

  it("are not kept waiting for by who comes after the clock was set back", () => {
    const { next } = turnAfter(0, NOW, 200);
    expect(turnAfter(next, NOW - 3_600_000, 200).at).to.equal(NOW - 3_600_000 + 200);
  });
});

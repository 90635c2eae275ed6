import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { loadConfig } from "../../src/config.js";
import { oneMoreFailure, pausedUntil, type UnprovedFailures } from "../../src/verification/unproved-pause.js";
import { PROJECT_DIR } from "../phones/programs.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const RECORD = "docs/decisions/0018-guessing.md";

/** Wrong entries of unproved callers that are compared within a time, if they key as soon as they are heard. */
function heardWithin(ms: number): number {
  let failures: UnprovedFailures = { count: 0, lastAt: null };
  let heard = 0;
  for (let now = 0; now < ms; now = Math.max(now, pausedUntil(failures))) {
    failures = { count: oneMoreFailure(failures, now), lastAt: now };
    heard += 1;
  }
  return heard;
}

/** The same if they stop after some pauses and wait until all is forgotten: at the best number of pauses. */
function bestWithin(ms: number): number {
  let best = 0;
  for (let pauses = 0; pauses < 12; pauses += 1) {
    const round = (2 ** pauses - 1) * MINUTE + DAY;
    best = Math.max(best, Math.ceil(ms / round) * 3 * (pauses + 1));
  }
  return Math.max(best, heardWithin(ms));
}

const percent = (chance: number): string => `${String(Number((100 * chance).toPrecision(2)))} %`;

/** The table of the record, by the defaults as they are. */
function table(): string[] {
  const { maxConsecutiveFailures: inARow, maxWrongPins: cap, failureLockHours } = loadConfig({}, PROJECT_DIR);
  expect(failureLockHours).to.equal(24);
  const [codes, pins] = [1e6, 1e4];
  const [day, year] = [heardWithin(DAY), bestWithin(365 * DAY)];
  const yearInARow = 365 * inARow;
  const row = (who: string, of: number, entries: readonly [number, number, number]): string =>
    `| ${who} | ${entries.map((n) => `${String(n)}: ${percent(n / of)}`).join(" | ")} |`;
  return [
    row("code of 6 digits, unproved callers", codes, [3, day, year]),
    row("code of 6 digits, whoever has the number", codes, [3, inARow, yearInARow]),
    row("code of 6 digits, typed at the check", codes, [3, inARow, yearInARow]),
    row("PIN of 4 digits, unproved callers", pins, [3, Math.min(day, cap), cap]),
    row("PIN of 4 digits, whoever has the number", pins, [3, cap, cap]),
    row("PIN of 4 digits, both together", pins, [3, Math.min(day, cap) + cap, 2 * cap]),
  ];
}

describe("the chance to guess", () => {
  it("grows more slowly with each third wrong entry of unproved callers", () => {
    const pauses = [3, 6, 9, 12, 33, 36, 39].map((count) => pausedUntil({ count, lastAt: 0 }) / MINUTE);
    expect(pauses).to.deep.equal([1, 2, 4, 8, 1024, 1440, 1440]);
    for (const count of [0, 1, 2, 4, 5, 7]) expect(pausedUntil({ count, lastAt: 0 })).to.equal(0);
  });

  it("is forgotten a day after the last wrong entry, and not a moment sooner", () => {
    expect(oneMoreFailure({ count: 4, lastAt: 0 }, DAY - 1)).to.equal(5);
    expect(oneMoreFailure({ count: 4, lastAt: 0 }, DAY)).to.equal(1);
  });

  it(`is what ${RECORD} says, a verification, a day and a year`, () => {
    const record = readFileSync(join(PROJECT_DIR, RECORD), "utf8").replaceAll(/ +/g, " ");
    for (const row of table()) expect(record).to.include(row);
  });

  it("is one in a hundred at most for a PIN of four digits, for as long as it lives", () => {
    const { maxWrongPins } = loadConfig({}, PROJECT_DIR);
    expect((2 * maxWrongPins) / 1e4).to.be.at.most(0.01);
  });
});

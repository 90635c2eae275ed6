import { config } from "chai";
import { AsyncLocalStorage } from "node:async_hooks";
import { loadavg } from "node:os";

// What was found stands in the failure, and not "[ { …(3) } ]".
config.truncateThreshold = 2000;

/** Somebody who can say what went on, for the reader of a failure. */
export interface Witness {
  evidence(): string;
}

const telling = new AsyncLocalStorage<Set<Witness>>();
/** Of the test that runs, where no story is told. */
let ofThisTest = new Set<Witness>();

/** Adds a witness to the story in which this is called, or else to the test that runs. */
export function testify(witness: Witness): void {
  (telling.getStore() ?? ofThisTest).add(witness);
}

/** Runs a story that has witnesses of its own. */
export function withWitnesses<Result>(witnesses: Set<Witness>, play: () => Promise<Result>): Promise<Result> {
  return telling.run(witnesses, play);
}

/** Long digits are telephone numbers, in SIP too, and are shown by their end. */
const NUMBER = /\d{5,}(?=\d{4})/g;

/** Below the error's stack: what all of them say, and how busy the machine was. */
export function addEvidence(error: unknown, witnesses: ReadonlySet<Witness> = ofThisTest): void {
  if (!(error instanceof Error) || witnesses.size === 0) return;
  const busy = loadavg().map((load) => load.toFixed(1));
  const said = [...witnesses].map((witness) => witness.evidence().replaceAll(NUMBER, "…"));
  error.stack = [error.stack, `load average ${busy.join(" ")}`, ...said].join("\n\n");
}

/** For mocha (`--require`): tests that tell no story have their witnesses too. */
export const mochaHooks = {
  beforeEach(): void {
    ofThisTest = new Set();
  },
  afterEach(this: Mocha.Context): void {
    if (this.currentTest?.state === "failed") addEvidence(this.currentTest.err);
  },
};

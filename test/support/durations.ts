import { appendFileSync } from "node:fs";

let begun = 0;

/** For mocha (`--require`): notes how long a file took, for whoever asked (`scripts/test.mjs --record`). */
export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    begun = performance.now();
  },
  afterAll(this: Mocha.Context): void {
    const notes = process.env["HONNIN_TEST_DURATIONS"];
    // Each file has a run of its own in a worker; run one after another all have one, and no times of their own.
    const file = this.test?.parent?.suites[0]?.file;
    if (notes === undefined || file === undefined) return;
    appendFileSync(notes, `${file}\t${((performance.now() - begun) / 1000).toFixed(1)}\n`);
  },
};

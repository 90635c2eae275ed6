const { reporters, Runner } = require("mocha");

const { EVENT_HOOK_END, EVENT_RUN_END, EVENT_SUITE_END, EVENT_TEST_BEGIN, EVENT_TEST_FAIL } =
  Runner.constants;

/**
 * Mocha's `spec`, and tells a failure where it stands, not only at the end: a run that is broken off (by hand, by the time
 * that a CI allows) has said what it knew. Not at once, since witnesses are heard after the failure (evidence.ts).
 */
module.exports = class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    let untold = [];
    runner.on(EVENT_TEST_FAIL, (test, error) => untold.push([test, error]));
    for (const moment of [EVENT_TEST_BEGIN, EVENT_HOOK_END, EVENT_SUITE_END, EVENT_RUN_END]) {
      runner.prependListener(moment, () => {
        const told = untold;
        untold = [];
        for (const [test, error] of told) console.log(`\n! ${test.fullTitle()}\n${error.stack ?? error}\n`);
      });
    }
  }
};

import { expect } from "chai";
import { poll } from "../phones/waiting.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { openStore } from "../support/test-database.js";

/** More than a start asks. */
const STEPS = 40;
const CALLS = 12;

class Stopped extends Error {
  override readonly name = "Stopped";
}

/** A signal that is given when the start asks for the nth time whether it was. */
function stopAt(step: number, onStop: () => void): AbortSignal {
  const stop = new AbortController();
  const { signal } = stop;
  const ask = signal.throwIfAborted.bind(signal);
  let asked = 0;
  signal.throwIfAborted = () => {
    asked += 1;
    if (asked === step) {
      onStop();
      stop.abort(new Stopped());
    }
    ask();
  };
  return signal;
}

describe("a stop while the service starts", function () {
  this.timeout(180_000);
  let calls: CallService;

  beforeEach(async () => {
    calls = await CallService.start({ HONNIN_REDIAL_PAUSE_SECONDS: "1" }, { breakable: true });
  });

  afterEach(async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });

  async function begunAfter(time: number): Promise<number> {
    const store = await openStore(calls.dataDir);
    try {
      const attempts = await store.read.selectFrom("attempts").select("started_at").execute();
      return attempts.filter(({ started_at }) => started_at > time).length;
    } finally {
      await store.close();
    }
  }

  it("is heeded at every step: nothing is dialled after it, nothing is left, and the next start does it all", async () => {
    const numbers = Array.from({ length: CALLS }, () => calls.newNumber());
    const ids: string[] = [];
    for (const number of numbers) {
      calls.carrier.reply(number, 486, "Busy Here");
      ids.push((await calls.register(number, { max_call_attempts: 2 })).id);
    }
    for (const id of ids) await calls.happened(id, "ended");
    await calls.down();

    let started = false;
    for (let step = 1; step <= STEPS; step++) {
      let stoppedAt = Infinity;
      const signal = stopAt(step, () => {
        stoppedAt = Date.now();
      });
      const outcome = await calls.up({}, signal).then(
        () => "started",
        (error: unknown) => (error instanceof Stopped ? "stopped" : String(error)),
      );
      started = outcome === "started";
      if (started) break;
      expect(outcome, `step ${step}`).to.equal("stopped");
      expect(await begunAfter(stoppedAt), `calls begun after a stop at step ${step}`).to.equal(0);
    }
    expect(started, "the start has more steps than were tried").to.be.true;
    // Some were called while a start that was stopped had its calls finish.
    for (const id of ids) {
      await poll(async () => (await calls.result(id)).status === "failed", 30_000, `the end of ${id}`);
    }
    for (const number of numbers) expect(calls.carrier.invitesTo(number), number).to.have.lengthOf(2);
  });
});

import { expect } from "chai";
import { register } from "../../src/acts/register.js";
import { runsBy, sessionOf } from "../../src/store/session.js";
import type { Store } from "../../src/store/store.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { CallQueue, type WaitingCall } from "../../src/telephony/call-queue.js";
import { Intake } from "../../src/telephony/intake.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { LIMITS } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { StoreFixture } from "../support/store-fixture.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";

const CLIENT = "cli_a";

/** A store of which a call's client is read when the test says so. */
function heldBack(store: Store): { store: Store; asked: () => number; answer: (error?: Error) => void } {
  const waiting: ((error?: Error) => void)[] = [];
  let asked = 0;
  const read = store.read.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: ({ result }) => Promise.resolve(result),
  });
  const { manners, run } = sessionOf(store.read);
  runsBy(read, {
    manners,
    run: async (sql, values) => {
      // What is due is looked for as ever.
      if (!sql.includes("client_settings")) return run(sql, values);
      asked += 1;
      const error = await new Promise<Error | undefined>((resolve) => waiting.push(resolve));
      if (error !== undefined) throw error;
      return run(sql, values);
    },
  });
  return {
    store: new Proxy(store, {
      get: (target, name) => (name === "read" ? read : (Reflect.get(target, name, target) as unknown)),
    }),
    asked: () => asked,
    answer: (error) => {
      for (const resolve of waiting.splice(0)) resolve(error);
    },
  };
}

describe("a call that is due", function () {
  this.timeout(2 * PATIENCE_MS);
  let fixture: StoreFixture;
  let intake: Intake<WaitingCall>;
  let queue: CallQueue<WaitingCall>;
  let failed: number[];
  let held: ReturnType<typeof heldBack>;

  beforeEach(async () => {
    fixture = await StoreFixture.open([CLIENT], 1);
    await register(fixture.store, verificationRow(fixture.store, CLIENT, "one", Date.now()), LIMITS);
    queue = new CallQueue();
    failed = [];
    held = heldBack(fixture.store);
    intake = new Intake({
      ...{ store: held.store, clock: Date.now, log: capturedLog().log, channel: "voice", queue },
      entry: (seq, { clientId, numberIndex }, since) => ({
        call: { seq, clientId, number: numberIndex.toString("hex"), to: NUMBER, since },
        limits: { maxCalls: null, callsPerMinute: 60 },
      }),
      onQueued: () => undefined,
      givesUp: { afterMs: 60_000, onFailed: (seq) => failed.push(seq) },
    });
    await intake.start();
    await poll(() => Promise.resolve(held.asked() === 1), PATIENCE_MS, "its client to be read");
  });
  afterEach(async () => {
    intake.stop();
    held.answer();
    await fixture.close();
  });

  it("is queued once, though the database is looked at again while its client is read", async () => {
    const other = { ...verificationRow(fixture.store, CLIENT, "two", Date.now()) };
    await register(fixture.store, { ...other, number_index: Buffer.alloc(32, 1) }, LIMITS);
    // The next look finds both; the first is being read still.
    await poll(() => Promise.resolve(held.asked() >= 2), PATIENCE_MS, "another to be found");
    expect(held.asked()).to.equal(2);
    held.answer();
    await poll(() => Promise.resolve(queue.size === 2), PATIENCE_MS, "both to be queued");
    expect([...queue.waits(Date.now())].length).to.equal(2);
  });

  it("is not given up when the database was away as its client was read", async () => {
    held.answer(new StoreUnavailableError("the database is away"));
    await poll(() => Promise.resolve(held.asked() === 2), PATIENCE_MS, "it to be found again");
    held.answer();
    await poll(() => Promise.resolve(queue.size === 1), PATIENCE_MS, "it to be queued");
    expect(failed).to.deep.equal([]);
  });

  it("waits no more once it was begun elsewhere", async () => {
    held.answer();
    await poll(() => Promise.resolve(queue.size === 1), PATIENCE_MS, "it to be queued");
    const [call] = [...queue.waits(Date.now())].map(([{ seq }]) => seq);
    fixture.store.hints.emit("begun", call ?? 0);
    expect(queue.size).to.equal(0);
  });
});

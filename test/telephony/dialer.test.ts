import { setImmediate as immediately } from "node:timers/promises";
import { expect } from "chai";
import { register } from "../../src/acts/register.js";
import type { OriginateRequest } from "../../src/ari/connection.js";
import { readVerification, type StoredVerification } from "../../src/store/verifications.js";
import { createCallEvents } from "../../src/telephony/call-events.js";
import type { CallParts } from "../../src/telephony/call-parts.js";
import { Calls } from "../../src/telephony/calls.js";
import { Dialer } from "../../src/telephony/dialer.js";
import { OwedWrites } from "../../src/telephony/owed-writes.js";
import { TrunkLines } from "../../src/telephony/trunk-lines.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { LIMITS } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { StoreFixture } from "../support/store-fixture.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";

const CLIENT = "cli_a";
const MAX_QUEUE_MS = 60_000;
const TEST_PHONES = { maxCalls: 10, maxCallsPerSecond: 10 };

describe("the dialer", function () {
  this.timeout(2 * PATIENCE_MS);
  let fixture: StoreFixture;
  let dialer: Dialer;
  let calls: Calls;
  /** What the node is told, each time that it asks whether it may act; then it may. */
  let answers: boolean[];
  /** Milliseconds by which the clock is ahead. */
  let later: number;
  let isLinked: boolean;
  const dialled: OriginateRequest[] = [];
  const log = capturedLog();
  const clock = (): number => Date.now() + later;

  beforeEach(async () => {
    fixture = await StoreFixture.open([CLIENT], 1);
    dialled.length = 0;
    answers = [];
    later = 0;
    isLinked = true;
    const { store } = fixture;
    const off = (): void => undefined;
    const ari = {
      get up() {
        return isLinked;
      },
      ...{ onUp: () => off, onDown: () => off, onStray: () => off, onChannel: () => off },
      listChannels: () => Promise.resolve([]),
      hangUp: () => Promise.resolve(),
      originate: (request: OriginateRequest) => {
        dialled.push(request);
        return Promise.resolve();
      },
    };
    const settings = { callerId: null, ringMs: 60_000, redialPauseMs: 1, limits: LIMITS };
    const parts = {
      ...{ ari, store, settings, clock, log: log.log, owed: new OwedWrites(log.log) },
      events: createCallEvents(),
      prompts: () => Promise.resolve(() => ""),
      mayAct: () => answers.shift() ?? true,
      hasOthers: () => false,
    } as unknown as CallParts;
    calls = new Calls(parts);
    const table = { trunks: [], testPhones: new Map([[NUMBER, "1001"]]) };
    const lines = new TrunkLines({ table, testPhones: TEST_PHONES, isRefused: () => false, log: log.log });
    dialer = new Dialer(parts, calls, lines, {
      maxCalls: 10,
      testPhones: TEST_PHONES,
      maxQueueMs: MAX_QUEUE_MS,
    });
  });
  afterEach(async () => {
    dialer.halt();
    await calls.cutAll();
    await fixture.close();
  });

  const stored = async (): Promise<StoredVerification> => {
    const found = await readVerification(fixture.store.read, CLIENT, "one");
    if (found === undefined) throw new Error("it is gone");
    return found;
  };

  const due = (): Promise<unknown> =>
    register(fixture.store, verificationRow(fixture.store, CLIENT, "one", clock()), LIMITS);
  const isDialled = (): Promise<void> =>
    poll(() => Promise.resolve(dialled.length > 0), PATIENCE_MS, `the call; ${log.text()}`);

  it("does not count a call that it may not place any more when it is noted: whoever may places it", async () => {
    // Asked as it is noted, and as it is to leave.
    answers = [true, false];
    await due();
    await dialer.start();
    await isDialled();
    const { verification, attempts } = await stored();
    expect(verification).to.include({ status: "in_progress", attempts_made: 1 });
    expect(attempts.map(({ id, outcome }) => [id, outcome])).to.deep.equal([[dialled[0]?.channelId, null]]);
    expect(dialled).to.have.lengthOf(1);
    expect(log.text()).to.include("the call was not made");
  });

  it("places what became due while it was paused for longer than a call waits for a line", async () => {
    await dialer.start();
    dialer.pause();
    await due();
    // Its hint comes, and is not heard.
    for (let turn = 0; turn < 3; turn += 1) await immediately();
    later += 2 * MAX_QUEUE_MS;
    dialer.goOn();
    await isDialled();
    expect((await stored()).verification).to.include({ status: "in_progress", reason: null });
  });

  it("places what waited for its line already when it was paused", async () => {
    isLinked = false;
    await dialer.start();
    await due();
    await poll(() => Promise.resolve(dialer.waitingSince !== undefined), PATIENCE_MS, "it to wait");
    dialer.pause();
    later += 2 * MAX_QUEUE_MS;
    isLinked = true;
    dialer.goOn();
    await isDialled();
    expect((await stored()).verification).to.include({ status: "in_progress", reason: null });
  });
});

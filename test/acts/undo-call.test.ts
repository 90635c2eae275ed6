import { expect } from "chai";
import { beginAttempt } from "../../src/acts/begin-attempt.js";
import { cancel } from "../../src/acts/cancel.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { register } from "../../src/acts/register.js";
import { undoCall } from "../../src/acts/undo-call.js";
import type { DialLimits } from "../../src/clients/call-limits.js";
import { listEventsAfter } from "../../src/store/events.js";
import { readVerification, type StoredVerification } from "../../src/store/verifications.js";
import { LIMITS } from "../support/api-fixture.js";
import { StoreFixture } from "../support/store-fixture.js";
import { verificationRow } from "../support/verification-rows.js";

const CLIENT = "cli_a";
const NOW = 1_700_000_000_000;
const BUSY = { outcome: "busy", sipStatus: 486, q850Cause: 17 } as const;

describe("a call that was noted, and of which nothing has left", () => {
  let fixture: StoreFixture;
  let seq: number;

  beforeEach(async () => {
    fixture = await StoreFixture.open([CLIENT], 1);
    const { store } = fixture;
    const row = { ...verificationRow(store, CLIENT, "one", NOW), max_call_attempts: 2 };
    const registered = await register(store, row, LIMITS);
    if (registered.kind !== "created") throw new Error(registered.kind);
    ({ seq } = registered.stored.verification);
  });
  afterEach(() => fixture.close());

  const begin = async (id: string, now = NOW, limits: DialLimits = LIMITS): Promise<string> =>
    (await beginAttempt(fixture.store, seq, id, limits, now)).kind;
  const stored = async (): Promise<StoredVerification> => {
    const found = await readVerification(fixture.store.read, CLIENT, "one");
    if (found === undefined) throw new Error("it is gone");
    return found;
  };
  const counted = async (isSought: (scope: string) => boolean): Promise<number> => {
    const rows = await fixture.store.read.selectFrom("counters").selectAll().execute();
    return rows.reduce((sum, { scope, amount }) => sum + (isSought(scope) ? amount : 0), 0);
  };
  const inBlock = (): Promise<number> => counted((scope) => scope.startsWith("block/"));
  /** Its client's minute keeps the call. */
  const charged = (): Promise<number> => counted((scope) => !/^(block|calls)\//.test(scope));

  it("leaves the verification due, with all of its calls", async () => {
    expect(await begin("a")).to.equal("begun");
    await undoCall(fixture.store, "a", NOW + 10);
    const { verification, attempts } = await stored();
    expect(verification).to.include({ status: "pending", next_attempt_at: NOW + 10, attempts_made: 0 });
    expect(attempts).to.deep.equal([]);
  });

  it("has been told to begin, and is told to have ended", async () => {
    await begin("a");
    await undoCall(fixture.store, "a", NOW + 10);
    const { store } = fixture;
    const events = await listEventsAfter(store.read, store.vault, CLIENT, 0, 100);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "verification.created",
      "call.started",
      "call.ended",
    ]);
    expect(JSON.stringify(events.at(-1)?.data)).to.include('"outcome":"canceled"');
  });

  it("counts for no limit of the number, its block, or the budget", async () => {
    const calls = { ...LIMITS.calls, perNumberPerHour: 1, perBlockPerHour: 1 };
    const narrow = { ...LIMITS, calls };
    const [before, block] = [await charged(), await inBlock()];
    await begin("a", NOW, narrow);
    expect(await charged()).to.be.above(before);
    await undoCall(fixture.store, "a", NOW + 10);
    expect([await charged(), await inBlock()]).to.deep.equal([before, block]);
    expect(await begin("b", NOW + 10, narrow)).to.equal("begun");
    expect((await stored()).verification.attempts_made).to.equal(1);
  });

  it("is given back to its block where it is not the first", async () => {
    await begin("a");
    await endAttempt(fixture.store, seq, "a", BUSY, 0, NOW + 5);
    const block = await inBlock();
    expect(await begin("b", NOW + 10)).to.equal("begun");
    expect(await inBlock()).to.equal(block + 1);
    await undoCall(fixture.store, "b", NOW + 20);
    expect(await inBlock()).to.equal(block);
    expect((await stored()).attempts).to.have.lengthOf(1);
  });

  it("stays as it is where another has closed it", async () => {
    await begin("a");
    await endAttempt(fixture.store, seq, "a", BUSY, 100, NOW + 5);
    await undoCall(fixture.store, "a", NOW + 10);
    const { verification, attempts } = await stored();
    expect(verification).to.include({ attempts_made: 1, next_attempt_at: NOW + 105 });
    expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(["busy"]);
  });

  it("stays, canceled, where its verification has ended meanwhile", async () => {
    await begin("a");
    await cancel(fixture.store, CLIENT, "one", NOW + 5);
    await undoCall(fixture.store, "a", NOW + 10);
    const { verification, attempts } = await stored();
    expect(verification).to.include({ status: "canceled", next_attempt_at: null });
    expect(attempts.map(({ outcome, cost }) => [outcome, cost])).to.deep.equal([["canceled", 0]]);
  });
});

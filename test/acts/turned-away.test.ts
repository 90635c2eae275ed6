import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { failWithoutCall } from "../../src/acts/begin-attempt.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { beginInboundAttempt, type InboundMatch } from "../../src/acts/begin-inbound-call.js";
import { blockForFraud } from "../../src/store/number-guards.js";
import { register } from "../../src/acts/register.js";
import type { Store } from "../../src/store/store.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { expireDue, listDue, readVerification } from "../../src/store/verifications.js";
import { LIMITS } from "../support/api-fixture.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";
import { StoreFixture } from "../support/store-fixture.js";

const NOW = 1_000_000;
const DID = "+81312340000";
const END = { outcome: "rejected" as const, sipStatus: null, q850Cause: 17 };
const NOBODY_SAID = {
  from: "sip:09012345678@192.0.2.1",
  p_asserted_identity: null,
  agree: null,
  privacy: null,
  trunk: "trunk",
  stir_shaken: null,
  withheld_reason: null,
};

describe("calls without the evidence that their client demands", () => {
  let fixture: StoreFixture;
  let store: Store;
  let seq: number;

  beforeEach(async () => {
    fixture = await StoreFixture.open(["a"], NOW);
    ({ store } = fixture);
    await store.write(async (db) => {
      await changeClientSettings(db, "a", { demand_evidence: "agree", missing_evidence: "call_back" });
    });
    const outbound = verificationRow(store, "a", "one", NOW);
    const row = { ...outbound, direction: "inbound" as const, did: DID, next_attempt_at: null };
    const registration = await register(store, row, LIMITS);
    if (registration.kind !== "created") throw new Error(registration.kind);
    ({ seq } = registration.stored.verification);
  });
  afterEach(async () => {
    await fixture.close();
  });

  const comes = async (attemptId: string, agree: true | null = null): Promise<InboundMatch> => {
    const caller = { number: NUMBER, did: DID, evidence: { ...NOBODY_SAID, agree } };
    const rules = { trustAsserted: true, mayCall: () => true, limits: LIMITS, dids: [DID] };
    const match = await beginInboundAttempt(store, attemptId, caller, rules, NOW);
    if (match === undefined) throw new Error("nothing waits for it");
    return match;
  };
  const ends = (attemptId: string): ReturnType<typeof endAttempt> =>
    endAttempt(store, seq, attemptId, END, 0, NOW);
  const state = async (): Promise<unknown> => {
    const found = await readVerification(store.read, "a", "one");
    const { status, next_attempt_at } = found?.verification ?? {};
    return { status, next_attempt_at };
  };
  const calledBack = async (): Promise<void> => {
    const attemptId = randomUUID();
    expect(await beginAttempt(store, seq, attemptId, LIMITS, NOW)).to.include({ status: "in_progress" });
    expect(await ends(attemptId)).to.deep.equal({ kind: "await_call" });
  };

  it("leave the verification pending, and make it due when the caller's line is free again", async () => {
    expect(await comes("first")).to.include({ turnedAway: "call_back" });
    expect(await state()).to.deep.equal({ status: "pending", next_attempt_at: null });
    expect(await ends("first")).to.deep.equal({ kind: "redial", at: NOW });
    expect(await state()).to.deep.equal({ status: "pending", next_attempt_at: NOW });
    await calledBack();
    expect(await state()).to.deep.equal({ status: "pending", next_attempt_at: null });
  });

  it("do not disturb a call that came in meanwhile with the evidence", async () => {
    await comes("first");
    expect(await comes("second", true)).to.include({ turnedAway: null });
    expect(await ends("first")).to.deep.equal({ kind: "await_call" });
    expect(await state()).to.deep.equal({ status: "in_progress", next_attempt_at: null });
  });

  it("several at once make one call back", async () => {
    for (const id of ["first", "second", "third"]) await comes(id);
    for (const id of ["first", "second", "third"]) await ends(id);
    expect(await listDue(store.read, "voice")).to.deep.equal([{ seq, next_attempt_at: NOW }]);
  });

  it("make three calls back at most, also when a fourth was promised before the third was made", async () => {
    for (let made = 0; made < 2; made++) {
      await comes(`call-${made}`);
      await ends(`call-${made}`);
      await calledBack();
    }
    expect(await comes("third")).to.include({ turnedAway: "call_back" });
    expect(await comes("fourth")).to.include({ turnedAway: "call_back" });
    await ends("third");
    await calledBack();
    expect(await ends("fourth")).to.deep.equal({ kind: "await_call" });
    expect(await comes("fifth")).to.include({ turnedAway: "refused" });
    expect(await listDue(store.read, "voice")).to.deep.equal([]);
  });

  it("make three calls back to a number within the hour, over all its verifications", async () => {
    for (let made = 0; made < 3; made++) {
      await comes(`call-${made}`);
      await ends(`call-${made}`);
      await calledBack();
    }
    await store.write((db) => expireDue(db, NOW + 600_000));
    const outbound = verificationRow(store, "a", "another", NOW);
    const row = { ...outbound, direction: "inbound" as const, did: DID, next_attempt_at: null };
    expect(await register(store, row, LIMITS)).to.include({ kind: "created" });
    const match = await comes("of-another");
    expect(match.verification).to.include({ id: "another" });
    expect(match).to.include({ turnedAway: "refused" });
  });

  it("leave a call in progress alone when a line was waited for in vain", async () => {
    await comes("first");
    await ends("first");
    expect(await comes("second", true)).to.include({ turnedAway: null });
    expect(await failWithoutCall(store, seq, "over_capacity", NOW)).to.equal(false);
    expect(await state()).to.deep.equal({ status: "in_progress", next_attempt_at: null });
  });

  it("fail nothing when no line is free, or when the number must not be called", async () => {
    await comes("first");
    await ends("first");
    expect(await failWithoutCall(store, seq, "over_capacity", NOW)).to.equal(false);
    expect(await state()).to.deep.equal({ status: "pending", next_attempt_at: null });
    await comes("second");
    await ends("second");
    const index = store.vault.indexNumber(NUMBER);
    await store.write((db) => blockForFraud(db, "a", index, NOW + 60_000));
    expect(await beginAttempt(store, seq, "back", LIMITS, NOW)).to.equal(undefined);
    expect(await state()).to.deep.equal({ status: "pending", next_attempt_at: null });
  });
});

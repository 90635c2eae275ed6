import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { AttemptEnd } from "../../src/store/attempts.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { enroll } from "../../src/acts/enroll.js";
import { listEventsAfter } from "../../src/store/events.js";
import { beginInboundAttempt, type InboundMatch } from "../../src/acts/begin-inbound-call.js";
import { blockForFraud } from "../../src/store/number-guards.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import type { Store } from "../../src/store/store.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { expireDue, findVerificationBySeq, listDue } from "../../src/store/verifications.js";
import type { Entry, Ruling } from "../../src/verification/ruling.js";
import { LIMITS } from "../support/api-fixture.js";
import { NUMBER } from "../support/verification-rows.js";
import { StoreFixture } from "../support/store-fixture.js";

const NOW = 1_000_000;
const LIFE = 300_000;
const HOUR = 3_600_000;
const DID = "+81312340000";
const BUSY: AttemptEnd = { outcome: "rejected", sipStatus: null, q850Cause: 17 };
const ANSWERED: AttemptEnd = { outcome: "answered", sipStatus: null, q850Cause: 16 };
const NOBODY_SAID = {
  from: "sip:09012345678@192.0.2.1",
  p_asserted_identity: null,
  agree: null,
  privacy: null,
  trunk: "trunk",
  stir_shaken: null,
  withheld_reason: null,
};

describe("calls of an enrolled number without the evidence that its client demands", () => {
  let fixture: StoreFixture;
  let store: Store;

  beforeEach(async () => {
    fixture = await StoreFixture.open(["a"], NOW);
    ({ store } = fixture);
    await store.write(async (db) => {
      await changeClientSettings(db, "a", { demand_evidence: "agree", missing_evidence: "call_back" });
    });
    await enroll(
      store,
      {
        client_id: "a",
        id: "member",
        request_hash: Buffer.alloc(1),
        number_cipher: store.vault.encipherNumber(NUMBER),
        number_index: store.vault.indexNumber(NUMBER),
        line_type: "mobile",
        dids: null,
        pin_hash: null,
        pin_length: 0,
        locale: "ja",
        created_at: NOW,
        expires_at: null,
        metadata: "{}",
      },
      LIMITS.calls,
      null,
    );
  });
  afterEach(async () => {
    await fixture.close();
  });

  interface Call extends InboundMatch {
    readonly attemptId: string;
    readonly seq: number;
  }

  async function comes(now = NOW, agree: true | null = null): Promise<Call> {
    const attemptId = randomUUID();
    const caller = { number: NUMBER, did: DID, evidence: { ...NOBODY_SAID, agree } };
    const rules = { trustAsserted: true, mayCall: () => true, limits: LIMITS, dids: [DID] };
    const match = await beginInboundAttempt(store, attemptId, caller, rules, now);
    if (match === undefined) throw new Error("the number is not enrolled");
    return { ...match, attemptId, seq: match.verification.seq };
  }

  async function turnedAway(now = NOW): Promise<Call> {
    const call = await comes(now);
    await endAttempt(store, call.seq, call.attemptId, BUSY, 0, now);
    return call;
  }

  /** Calls back; `entry` is what is ruled on meanwhile, null: nothing. */
  async function calledBack(seq: number, entry: Entry | null, now = NOW): Promise<Ruling | null> {
    const attemptId = randomUUID();
    expect(await beginAttempt(store, seq, attemptId, LIMITS, now)).to.include({ status: "in_progress" });
    const ruling = entry === null ? null : await ruleEntry(store, seq, entry, LIMITS, now, "proved");
    await endAttempt(store, seq, attemptId, ANSWERED, 0, now);
    return ruling;
  }

  const verifications = async (): Promise<number[]> => {
    const rows = await store.read.selectFrom("verifications").select("seq").execute();
    return rows.map(({ seq }) => seq);
  };
  const told = async (): Promise<string[]> =>
    (await listEventsAfter(store.read, store.vault, "a", 0, 100)).map(({ type }) => type);

  it("make one verification between them, before, during and after a call back", async () => {
    const { seq } = await turnedAway();
    await turnedAway();
    const backId = randomUUID();
    await beginAttempt(store, seq, backId, LIMITS, NOW);
    const meanwhile = await comes();
    expect(meanwhile).to.include({ seq, turnedAway: "call_back" });
    await endAttempt(store, seq, meanwhile.attemptId, BUSY, 0, NOW);
    expect(await findVerificationBySeq(store.read, seq), "left alone").to.include({ status: "in_progress" });
    await endAttempt(store, seq, backId, ANSWERED, 0, NOW);
    await turnedAway(NOW + LIFE - 1);
    expect(await verifications()).to.deep.equal([seq]);
  });

  it("tell the client of one verification, its calls and its end", async () => {
    const { seq } = await turnedAway();
    expect(await calledBack(seq, { kind: "caller_number" })).to.deep.equal({ kind: "verified" });
    expect(await told()).to.deep.equal([
      "verification.created",
      "call.started",
      "call.ended",
      "call.started",
      "verification.verified",
      "call.ended",
    ]);
  });

  it("go back to pending after a call back on which nothing was ruled, and expire with nothing decided", async () => {
    const { seq } = await turnedAway();
    await calledBack(seq, null);
    const row = await findVerificationBySeq(store.read, seq);
    expect(row).to.include({ status: "pending", reason: null, next_attempt_at: null });
    await store.write((db) => expireDue(db, NOW + LIFE));
    expect(await findVerificationBySeq(store.read, seq)).to.include({ status: "expired" });
  });

  it("are found by a call with the evidence, which verifies what was left pending", async () => {
    const { seq } = await turnedAway();
    await calledBack(seq, null);
    expect(await comes(NOW + 1, true)).to.include({ seq, turnedAway: null });
  });

  it("ring a telephone three times in an hour at most, if nothing comes of it", async () => {
    for (let nth = 0; nth < 3; nth++) {
      const at = NOW + nth * LIFE;
      await calledBack((await turnedAway(at)).seq, null, at);
      await store.write((db) => expireDue(db, at + LIFE));
    }
    expect(await verifications(), "each has its own").to.have.length(3);
    const later = NOW + HOUR - 1;
    expect(await turnedAway(later)).to.include({ turnedAway: "refused" });
    expect(await listDue(store.read, "voice")).to.deep.equal([]);
    expect(await turnedAway(NOW + HOUR)).to.include({ turnedAway: "call_back" });
  });

  it("are called back every time, if it is the person who calls", async () => {
    for (let nth = 0; nth < 5; nth++) {
      const call = await turnedAway();
      expect(call).to.include({ turnedAway: "call_back" });
      await calledBack(call.seq, { kind: "caller_number" });
    }
  });

  it("are promised no call back while the number must not be called", async () => {
    await store.write((db) => blockForFraud(db, "a", store.vault.indexNumber(NUMBER), NOW + 60_000));
    expect(await turnedAway()).to.include({ turnedAway: "refused" });
  });
});

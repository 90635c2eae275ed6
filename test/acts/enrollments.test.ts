import { setImmediate } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { pinSubject } from "../../src/verification/code-subject.js";
import { listAttempts } from "../../src/store/attempts.js";
import { endEnrollment } from "../../src/acts/end-enrollment.js";
import { enroll } from "../../src/acts/enroll.js";
import { findEnrollment, type NewEnrollment } from "../../src/store/enrollments.js";
import { listEventsAfter } from "../../src/store/events.js";
import { beginInboundAttempt } from "../../src/acts/begin-inbound-call.js";
import { countFailure } from "../../src/store/number-guards.js";
import { register } from "../../src/acts/register.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import type { Store } from "../../src/store/store.js";
import { findVerificationBySeq, type VerificationRow } from "../../src/store/verifications.js";
import { hashCode } from "../../src/verification/code.js";
import type { E164 } from "../../src/verification/phone-number.js";
import type { Ruling } from "../../src/verification/ruling.js";
import { LIMITS } from "../support/api-fixture.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";
import { StoreFixture } from "../support/store-fixture.js";

const NOW = 1_000_000;
const PIN = "314159";
const WRONG = "000000";
const [DID, OTHER_DID] = ["+81312340000", "+81312340001"];
const HUNG_UP = { outcome: "answered" as const, sipStatus: null, q850Cause: 16 };

describe("a call of an enrolled number, in the store", () => {
  let fixture: StoreFixture;
  let store: Store;

  beforeEach(async () => {
    fixture = await StoreFixture.open(["a", "b"], NOW);
    ({ store } = fixture);
  });
  afterEach(async () => {
    await fixture.close();
  });

  async function enrolled(
    clientId: string,
    id: string,
    { pin, dids, expires_at = null }: { pin?: string; dids?: string[]; expires_at?: number | null } = {},
  ): Promise<void> {
    const { vault } = store;
    const row: NewEnrollment = {
      client_id: clientId,
      id,
      request_hash: Buffer.alloc(1),
      number_cipher: vault.encipherNumber(NUMBER),
      number_index: vault.indexNumber(NUMBER),
      line_type: "mobile",
      dids: dids === undefined ? null : JSON.stringify(dids),
      pin_hash:
        pin === undefined ? null : hashCode(vault.codeKey, pinSubject({ client_id: clientId, id }), pin),
      pin_length: pin?.length ?? 0,
      locale: "en",
      created_at: NOW,
      expires_at,
      metadata: '{"member":"7"}',
    };
    expect(await enroll(store, row, LIMITS.calls, null)).to.include({ kind: "created" });
  }

  async function calls({
    did = DID,
    now = NOW,
    number = NUMBER,
    attemptId = randomUUID(),
  }: {
    did?: string;
    now?: number;
    number?: E164;
    attemptId?: string;
  } = {}): Promise<VerificationRow | undefined> {
    const evidence = {
      from: null,
      p_asserted_identity: `tel:${number}`,
      agree: null,
      privacy: null,
      trunk: "trunk",
      stir_shaken: null,
      withheld_reason: null,
    };
    const caller = { number, did, evidence };
    const rules = { trustAsserted: true, mayCall: () => true, limits: LIMITS, dids: [DID, OTHER_DID] };
    return (await beginInboundAttempt(store, attemptId, caller, rules, now))?.verification;
  }

  async function call(options: Parameters<typeof calls>[0] = {}): Promise<VerificationRow> {
    const row = await calls(options);
    if (row === undefined) throw new Error("nothing was found");
    return row;
  }

  const key = ({ seq }: VerificationRow, digits: string, now = NOW): Promise<Ruling> =>
    ruleEntry(store, seq, { kind: "code", digits }, LIMITS, now, "proved");
  /** By wrong codes; wrong PINs count against their enrollment. */
  const lockNumber = async (): Promise<void> => {
    const index = store.vault.indexNumber(NUMBER);
    for (let wrong = 0; wrong < LIMITS.maxConsecutiveFailures; wrong += 1) {
      await store.write((db) => countFailure(db, "a", index, LIMITS, NOW));
    }
  };
  const lastUsed = async (id: string): Promise<number | null | undefined> =>
    (await findEnrollment(store.read, "a", id))?.last_used_at;
  const events = async (clientId: string): Promise<string[]> =>
    (await listEventsAfter(store.read, store.vault, clientId, 0, 100)).map((event) => event.type);

  it("makes a verification with the enrollment's content, its call and their events", async () => {
    await enrolled("a", "member");
    const row = await call();
    expect(row).to.include({
      client_id: "a",
      status: "in_progress",
      direction: "inbound",
      method: "caller_id",
      locale: "en",
      did: DID,
      enrollment_id: "member",
      code_hash: null,
      expires_at: NOW + 300_000,
      metadata: '{"member":"7"}',
    });
    expect(await events("a")).to.deep.equal(["verification.created", "call.started"]);
    expect(await lastUsed("member"), "not before it is verified").to.equal(null);
  });

  it("is used when it is verified, in the same transaction", async () => {
    await enrolled("a", "member");
    const row = await call();
    const { kind } = await ruleEntry(store, row.seq, { kind: "caller_number" }, LIMITS, NOW + 5, "proved");
    expect(kind).to.equal("verified");
    expect(await lastUsed("member")).to.equal(NOW + 5);
    expect(await events("a")).to.deep.equal([
      "verification.created",
      "call.started",
      "verification.verified",
    ]);
  });

  it("asks for the PIN where there is one, and judges it by the hash bound to the enrollment", async () => {
    await enrolled("a", "member", { pin: PIN });
    const row = await call();
    expect(row).to.include({ method: "keypad", code_length: 6, max_code_entries: 3 });
    expect(await key(row, WRONG)).to.deep.equal({ kind: "wrong", triesLeft: 2 });
    expect(await lastUsed("member")).to.equal(null);
    expect(await key(row, PIN)).to.deep.equal({ kind: "verified" });
    expect(await lastUsed("member")).to.equal(NOW);
    expect((await findVerificationBySeq(store.read, row.seq))?.code_hash, "gone with the end").to.equal(null);
    expect((await findEnrollment(store.read, "a", "member"))?.pin_hash, "kept").to.not.equal(null);
    expect(await key(await call(), PIN), "on the next call again").to.deep.equal({ kind: "verified" });
  });

  it("does not take one enrollment's PIN hash for another's", async () => {
    await enrolled("a", "one", { pin: PIN });
    const hash = (await findEnrollment(store.read, "a", "one"))?.pin_hash ?? null;
    await enrolled("a", "two", { pin: "1111", dids: [DID] });
    await store.write((db) =>
      db.updateTable("enrollments").set({ pin_hash: hash }).where("id", "=", "two").execute(),
    );
    expect((await key(await call(), PIN)).kind).to.equal("wrong");
  });

  it("comes after a verification that waits for the call", async () => {
    await enrolled("a", "member");
    const waiting = { direction: "inbound" as const, did: DID, next_attempt_at: null };
    await register(store, { ...verificationRow(store, "a", "waiting", NOW), ...waiting }, LIMITS);
    expect(await call()).to.include({ id: "waiting", enrollment_id: null });
    expect(await call(), "the next call").to.include({ enrollment_id: "member" });
  });

  it("goes on with the PIN asked for on a call that was hung up, wrong entries counted", async () => {
    await enrolled("a", "member", { pin: PIN });
    const attemptId = randomUUID();
    const first = await call({ attemptId });
    await key(first, WRONG);
    await endAttempt(store, first.seq, attemptId, HUNG_UP, 0, NOW);
    const second = await call();
    expect(second).to.include({ seq: first.seq, code_entries: 1, attempts_made: 2 });
    expect(await key(second, WRONG)).to.deep.equal({ kind: "wrong", triesLeft: 1 });
  });

  it("holds at the DIDs it names, or at all of the service", async () => {
    await enrolled("a", "here", { dids: [DID] });
    expect(await calls({ did: OTHER_DID })).to.equal(undefined);
    expect(await calls({ did: "+8131234000" }), "part of a DID").to.equal(undefined);
    expect(await call()).to.include({ enrollment_id: "here" });
    await enrolled("a", "anywhere");
    expect(await call({ did: OTHER_DID })).to.include({ enrollment_id: "anywhere" });
    expect(await calls({ did: "+81399990000" }), "not of the service").to.equal(undefined);
  });

  it("is of one number only", async () => {
    await enrolled("a", "member");
    expect(await calls({ number: "+819087654321" as E164 })).to.equal(undefined);
    expect(await events("a")).to.deep.equal([]);
  });

  it("takes the newest on that DID, and none where several clients could be meant", async () => {
    await enrolled("a", "one", { dids: [DID] });
    await enrolled("b", "two", { dids: [OTHER_DID] });
    expect(await call()).to.include({ client_id: "a", enrollment_id: "one" });
    await enrolled("a", "newer", { dids: [DID] });
    expect(await call()).to.include({ client_id: "a", enrollment_id: "newer" });
    await enrolled("b", "three", { dids: [DID] });
    expect(await calls()).to.equal(undefined);
    expect(await events("b")).to.deep.equal([]);
  });

  it("does not match from its deadline on, and lets no call go on past it", async () => {
    await enrolled("a", "older");
    await enrolled("a", "member", { pin: PIN, expires_at: NOW + 10_000 });
    const row = await call({ now: NOW + 9_999 });
    expect(row).to.include({ enrollment_id: "member", expires_at: NOW + 10_000 });
    expect(await key(row, PIN, NOW + 10_000)).to.deep.equal({ kind: "closed", status: "expired" });
    expect(await call({ now: NOW + 10_000 }), "an older one still holds").to.include({
      enrollment_id: "older",
    });
  });

  it("gives a member who calls again the whole time anew, up to the end of the enrollment", async () => {
    await enrolled("a", "member", { pin: PIN, expires_at: NOW + 400_000 });
    const first = await call();
    const [attempt] = await listAttempts(store.read, first.seq);
    await endAttempt(store, first.seq, attempt?.id ?? "", HUNG_UP, 0, NOW + 1000);
    const second = await call({ now: NOW + 90_000 });
    expect(second).to.include({ seq: first.seq, expires_at: NOW + 390_000 });
    const [, again] = await listAttempts(store.read, first.seq);
    await endAttempt(store, first.seq, again?.id ?? "", HUNG_UP, 0, NOW + 100_000);
    expect(await call({ now: NOW + 380_000 })).to.include({ seq: first.seq, expires_at: NOW + 400_000 });
  });

  it("does not match once deleted; what it had open is canceled, what had ended stays", async () => {
    await enrolled("a", "member", { pin: PIN });
    const ended = await call();
    await key(ended, PIN);
    const open = await call();
    const hints: unknown[] = [];
    store.hints.on("ended", (...hint) => hints.push(hint));
    expect(await endEnrollment(store, "b", "member", NOW)).to.equal(false);
    expect(await endEnrollment(store, "a", "member", NOW)).to.equal(true);
    // Hinted a turn of the loop later.
    await setImmediate();
    expect(hints).to.deep.equal([[open.seq, "canceled"]]);
    expect(await key(open, PIN)).to.deep.equal({ kind: "closed", status: "canceled" });
    expect((await findVerificationBySeq(store.read, ended.seq))?.status).to.equal("verified");
    expect(await calls()).to.equal(undefined);
    expect((await events("a")).at(-1)).to.equal("verification.canceled");
  });

  it("does not ask a locked number for its PIN: failed at once, until the lock is over", async () => {
    await enrolled("a", "member", { pin: PIN });
    await lockNumber();
    const locked = await call();
    expect(locked).to.include({ status: "failed", reason: "wrong_code", code_entries: 0 });
    expect(await key(locked, PIN)).to.deep.equal({ kind: "closed", status: "failed" });
    expect((await events("a")).slice(-3)).to.deep.equal([
      "verification.created",
      "call.started",
      "verification.failed",
    ]);
    const later = NOW + LIMITS.failureLockMs + 1;
    expect(await key(await call({ now: later }), PIN, later)).to.deep.equal({ kind: "verified" });
  });

  it("verifies a locked number without a PIN: there is nothing to guess, and the lock stays", async () => {
    await enrolled("a", "guarded", { pin: PIN, dids: [DID] });
    await enrolled("a", "bare", { dids: [OTHER_DID] });
    await lockNumber();
    const bare = await call({ did: OTHER_DID });
    const { kind } = await ruleEntry(store, bare.seq, { kind: "caller_number" }, LIMITS, NOW, "proved");
    expect(kind).to.equal("verified");
    expect(await call()).to.include({ status: "failed" });
  });
});

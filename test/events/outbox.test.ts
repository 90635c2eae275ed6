import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { failWithoutCall } from "../../src/acts/begin-attempt.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { markAnswered, markRinging } from "../../src/acts/mark-attempt.js";
import { appendEvent, listEventsAfter, type OutboxEvent } from "../../src/store/events.js";
import { register } from "../../src/acts/register.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import type { Store } from "../../src/store/store.js";
import { appendVerificationEnded } from "../../src/acts/verification-events.js";
import { updateVerification } from "../../src/store/verifications.js";
import { Deadlines } from "../../src/upkeep/deadlines.js";
import { rejectionOf } from "../ari/rejection-of.js";
import { LIMITS } from "../support/api-fixture.js";
import { messageBreach } from "../support/contract.js";
import { capturedLog } from "../support/quiet-log.js";
import { CODE, NUMBER, verificationRow } from "../support/verification-rows.js";
import { StoreFixture } from "../support/store-fixture.js";
import { itOnSqlite } from "../support/test-database.js";

const NOW = 1_800_000_000_000;
const NO_REPLY = { outcome: "busy", sipStatus: 486, q850Cause: 17 } as const;

describe("the outbox of events", () => {
  let fixture: StoreFixture;
  let store: Store;

  const events = async (): Promise<OutboxEvent[]> => {
    const all = await listEventsAfter(store.read, store.vault, "cli_a", 0, 100);
    for (const { id, type, timestamp, data } of all) {
      expect(messageBreach({ id, type, timestamp, data }), type).to.equal(null);
    }
    return all;
  };
  const types = async (): Promise<string[]> => (await events()).map((event) => event.type);
  const created = async (id: string): Promise<number> => {
    const registration = await register(store, verificationRow(store, "cli_a", id, NOW), LIMITS);
    if (registration.kind !== "created") throw new Error(`not created: ${registration.kind}`);
    return registration.stored.verification.seq;
  };

  beforeEach(async () => {
    fixture = await StoreFixture.open(["cli_a"], NOW);
    ({ store } = fixture);
  });
  afterEach(async () => {
    await fixture.close();
  });

  it("tells of a verification and of its call, step by step, in order", async () => {
    const seq = await created("v1");
    await beginAttempt(store, seq, "call-1", LIMITS, NOW + 1);
    await markRinging(store, "call-1", NOW + 2);
    await markAnswered(store, "call-1", NOW + 3);
    await ruleEntry(store, seq, { kind: "code", digits: CODE }, LIMITS, NOW + 4, "proved");
    await endAttempt(
      store,
      seq,
      "call-1",
      { outcome: "answered", sipStatus: 200, q850Cause: 16 },
      0,
      NOW + 5,
    );
    const all = await events();
    expect(all.map((event) => [event.type, event.timestamp])).to.deep.equal([
      ["verification.created", new Date(NOW).toISOString()],
      ["call.started", new Date(NOW + 1).toISOString()],
      ["call.ringing", new Date(NOW + 2).toISOString()],
      ["call.answered", new Date(NOW + 3).toISOString()],
      ["verification.verified", new Date(NOW + 4).toISOString()],
      ["call.ended", new Date(NOW + 5).toISOString()],
    ]);
    expect(all[4]?.data).to.deep.include({
      id: "v1",
      status: "verified",
      phone_number: NUMBER,
      code_entries: 1,
    });
    expect(all[4]?.data).to.have.nested.property("attempts[0].id", "call-1");
    expect(all[4]?.data).not.to.have.property("code");
    expect(all[5]?.data).to.deep.include({ verification_id: "v1" });
    expect(all[5]?.data).to.have.nested.property("attempt.outcome", "answered");
  });

  it("tells of a failure by the call, by a wrong code and without a call", async () => {
    const busy = await created("busy");
    await beginAttempt(store, busy, "call-1", LIMITS, NOW);
    await endAttempt(store, busy, "call-1", NO_REPLY, 0, NOW);
    const wrong = await created("wrong");
    await beginAttempt(store, wrong, "call-2", LIMITS, NOW);
    await ruleEntry(store, wrong, { kind: "code", digits: "000000" }, LIMITS, NOW, "proved");
    await failWithoutCall(store, await created("none"), "over_capacity", NOW);
    const failed = (await events()).filter((event) => event.type === "verification.failed");
    expect(failed.map((event) => (event.data as { reason: string }).reason)).to.deep.equal([
      "busy",
      "wrong_code",
      "over_capacity",
    ]);
  });

  it("tells of a verification that is not called because its number was blocked meanwhile", async () => {
    const first = await created("first");
    const second = await created("second");
    await ruleEntry(store, first, { kind: "fraud_report" }, LIMITS, NOW, "proved");
    await beginAttempt(store, second, "call-1", LIMITS, NOW);
    expect((await types()).slice(2)).to.deep.equal(["verification.failed", "verification.failed"]);
  });

  it("tells of a deadline that has passed", async () => {
    await created("v1");
    const deadlines = new Deadlines(store, () => NOW + 300_000, capturedLog().log);
    await deadlines.start();
    deadlines.stop();
    expect(await types()).to.deep.equal(["verification.created", "verification.expired"]);
  });

  it("tells of a cancel", async () => {
    const seq = await created("v1");
    await store.write(async (db) => {
      await updateVerification(db, { seq }, { status: "canceled", next_attempt_at: null }, NOW);
      await appendVerificationEnded(db, store.vault, seq, NOW);
    });
    expect(await types()).to.deep.equal(["verification.created", "verification.canceled"]);
  });

  it("says nothing twice: not of a repeated request, not of a call that rings again, not of a second end", async () => {
    const seq = await created("v1");
    await register(store, verificationRow(store, "cli_a", "v1", NOW), LIMITS);
    await beginAttempt(store, seq, "call-1", LIMITS, NOW);
    await markRinging(store, "call-1", NOW);
    await markRinging(store, "call-1", NOW + 1);
    await endAttempt(store, seq, "call-1", NO_REPLY, 0, NOW);
    await endAttempt(store, seq, "call-1", NO_REPLY, 0, NOW + 1);
    await failWithoutCall(store, seq, "over_capacity", NOW + 2);
    expect(await types()).to.deep.equal([
      "verification.created",
      "call.started",
      "call.ringing",
      "call.ended",
      "verification.failed",
    ]);
  });

  it("leaves no event of a change that was rolled back, and none is lost of those beside it", async () => {
    const refused = store.write(async (db) => {
      await appendEvent(db, store.vault, {
        clientId: "cli_a",
        type: "inbound.unmatched",
        verificationSeq: null,
        data: {},
        now: NOW,
      });
      throw new Error("refused");
    });
    const beside = created("v1");
    expect(await rejectionOf(refused)).to.have.property("message", "refused");
    await beside;
    expect(await types()).to.deep.equal(["verification.created"]);
  });

  it("hints that there are events, after the commit", async () => {
    const hinted = new Promise<string[]>((resolve, reject) => {
      store.hints.once("event", () => {
        types().then(resolve, reject);
      });
    });
    await created("v1");
    expect(await hinted).to.deep.equal(["verification.created"]);
  });

  itOnSqlite("keeps no number readable in the database files", async () => {
    await created("v1");
    await store.close();
    for (const file of ["honnin.db", "honnin.db-wal"]) {
      const bytes = await readFile(path.join(fixture.dir, file)).catch(() => Buffer.alloc(0));
      expect(bytes.includes("9012345678")).to.equal(false);
    }
    store = await fixture.reopen();
  });
});

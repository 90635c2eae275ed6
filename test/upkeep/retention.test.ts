import { expect } from "chai";
import { BY_COMMAND } from "../../src/acts/audit-who.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { noteAudit } from "../../src/acts/note-audit.js";
import { register } from "../../src/acts/register.js";
import { appendAudit, listAudit, verifyAudit } from "../../src/store/audit.js";
import { countUsage } from "../../src/store/count-usage.js";
import { insertEnrollment } from "../../src/store/enrollments.js";
import { countFailure, findNumberGuard } from "../../src/store/number-guards.js";
import { openEvidence, sealEvidence } from "../../src/store/sealed-columns.js";
import type { Store } from "../../src/store/store.js";
import { readVerification } from "../../src/store/verifications.js";
import { presentVerification } from "../../src/representation/verification.js";
import { Pruner } from "../../src/upkeep/pruner.js";
import type { RetentionTimes } from "../../src/upkeep/retention.js";
import { LIMITS } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { StoreFixture } from "../support/store-fixture.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";

const DAY = 86_400_000;
const START = 1_800_000_000_000;
const ANSWERED = { outcome: "answered" as const, sipStatus: null, q850Cause: 16 };
const EVIDENCE = {
  from: NUMBER,
  ...{ p_asserted_identity: NUMBER, agree: true, privacy: null, trunk: "trunk", stir_shaken: null },
  withheld_reason: null,
};

describe("retention", () => {
  let fixture: StoreFixture;
  let store: Store;
  let now: number;

  beforeEach(async () => {
    now = START;
    fixture = await StoreFixture.open(["a"], now);
    ({ store } = fixture);
  });
  afterEach(() => fixture.close());

  const prune = (times: RetentionTimes, batch = 2): Promise<void> =>
    new Pruner({
      ...{ store, clock: () => now, log: capturedLog().log, eventRetentionMs: DAY },
      retention: times,
      batch,
    }).prune();

  /** A verification with a call and what the network said of it. */
  const happen = async (id: string, ends = true): Promise<void> => {
    const row = { ...verificationRow(store, "a", id, now), metadata: '{"name":"山田"}' };
    const made = await register(store, row, LIMITS);
    if (made.kind !== "created") throw new Error(made.kind);
    const { seq } = made.stored.verification;
    const call = `call of ${id}`;
    await beginAttempt(store, seq, call, LIMITS, now);
    await store.write((db) =>
      db
        .updateTable("attempts")
        .set({ answered_at: now, caller_evidence: sealEvidence(store.vault, call, EVIDENCE) })
        .where("id", "=", call)
        .execute(),
    );
    if (!ends) return;
    await endAttempt(store, seq, call, ANSWERED, 0, now);
    await store.write((db) =>
      db
        .updateTable("verifications")
        .set({ status: "failed", reason: "hung_up", completed_at: now, next_attempt_at: null })
        .where("seq", "=", seq)
        .where("completed_at", "is", null)
        .execute(),
    );
  };
  const told = async (id: string): Promise<Record<string, unknown>> => {
    const stored = await readVerification(store.read, "a", id);
    return presentVerification(stored!, store.vault);
  };
  const numbers = async (): Promise<unknown[]> => {
    const rows = await store.read.selectFrom("verifications").select("id").orderBy("seq").execute();
    return Promise.all(rows.map(async ({ id }) => (await told(id))["phone_number"]));
  };

  it("masks numbers and deletes what else names a person, and leaves the bill and the way to find it", async () => {
    for (const id of ["one", "two", "three"]) await happen(id);
    now += DAY;
    await happen("young");
    const bill = (): ReturnType<typeof countUsage> =>
      countUsage(store.read, "a", { from: START - DAY, to: START + 10 * DAY }, 0);
    const before = await bill();
    now = START + 90 * DAY;
    await prune({ numbersMs: 90 * DAY });
    expect(await numbers(), "just as old as that").to.deep.equal([NUMBER, NUMBER, NUMBER, NUMBER]);
    now += 1;
    await prune({ numbersMs: 90 * DAY });
    const masked = "+81********78";
    expect(await numbers()).to.deep.equal([masked, masked, masked, NUMBER]);
    const { metadata, attempts } = await told("one");
    expect(metadata).to.deep.equal({});
    expect(attempts).to.have.length(1);
    const calls = await store.read.selectFrom("attempts").selectAll().orderBy("started_at").execute();
    expect(calls.map((call) => openEvidence(store.vault, call))).to.deep.equal([null, null, null, EVIDENCE]);
    expect(await bill()).to.deep.equal(before);
    const index = store.vault.indexNumber(NUMBER);
    const found = await store.read
      .selectFrom("verifications")
      .select("id")
      .where("number_index", "=", index)
      .execute();
    expect(found).to.have.length(4);
    // Once more changes nothing, and the young one has its turn when its time has come.
    now += DAY;
    await prune({ numbersMs: 90 * DAY });
    expect(await numbers()).to.deep.equal([masked, masked, masked, masked]);
  });

  it("waits before one that is open, and goes on when it has ended", async () => {
    await happen("one");
    await happen("open", false);
    await happen("three");
    now += 91 * DAY;
    await prune({ numbersMs: 90 * DAY });
    const masked = "+81********78";
    expect(await numbers()).to.deep.equal([masked, NUMBER, NUMBER]);
    await store.write((db) =>
      db
        .updateTable("verifications")
        .set({ status: "expired", completed_at: now })
        .where("id", "=", "open")
        .execute(),
    );
    await prune({ numbersMs: 90 * DAY });
    expect(await numbers()).to.deep.equal([masked, masked, masked]);
  });

  it("is not done where it is 0", async () => {
    await happen("one");
    now += 10_000 * DAY;
    await prune({});
    expect(await numbers()).to.deep.equal([NUMBER]);
  });

  it("deletes enrollments that expired, and locks that are over, and no others", async () => {
    const enroll = async (id: string, expires_at: number | null): Promise<void> => {
      const { number_cipher, number_index, request_hash, line_type } = verificationRow(store, "a", id, now);
      const row = { number_cipher, number_index, request_hash, line_type, pin_hash: null, pin_length: 0 };
      const more = { locale: "ja" as const, created_at: now, expires_at, metadata: "{}", dids: null };
      await store.write((db) => insertEnrollment(db, { client_id: "a", id, ...row, ...more }));
    };
    await enroll("expired", now);
    await enroll("for ever", null);
    await enroll("later", now + 2 * DAY);
    const index = store.vault.indexNumber(NUMBER);
    await store.write((db) => countFailure(db, "a", index, LIMITS, now));
    now += 91 * DAY;
    await prune({ numbersMs: 90 * DAY, recordsMs: 400 * DAY });
    const left = await store.read.selectFrom("enrollments").select("id").orderBy("seq").execute();
    expect(left.map(({ id }) => id)).to.deep.equal(["for ever", "later"]);
    const guard = (): ReturnType<typeof findNumberGuard> =>
      findNumberGuard(store.read, { clientId: "a", numberIndex: index });
    expect(await guard()).to.include({ consecutive_failures: 1 });
    now = START + 400 * DAY + 1;
    await prune({ numbersMs: 90 * DAY, recordsMs: 400 * DAY });
    expect(await guard()).to.equal(undefined);
  });

  describe("of the audit trail", () => {
    const line = (): Promise<void> =>
      store.write((db) => noteAudit(db, store.vault, BY_COMMAND, now, { act: "logout", target: "x" }));
    const verified = (): ReturnType<typeof verifyAudit> => verifyAudit(store.read, store.vault);

    beforeEach(async () => {
      for (let day = 0; day < 5; day += 1) {
        await line();
        now += DAY;
      }
      now = START + 367 * DAY;
    });

    it("deletes old lines, says so in one of its own, and what is left is verified", async () => {
      await prune({ auditMs: 365 * DAY });
      const lines = await listAudit(store.read, { limit: 10 });
      expect(lines.map(({ act, actor }) => [act, actor])).to.deep.equal([
        ["audit.pruned", "service"],
        ...[2, 1, 0].map(() => ["logout", "command"]),
      ]);
      expect(JSON.parse(lines[0]!.details)).to.deep.equal({ lines: "2", up_to: "2" });
      expect(await verified()).to.include({ lines: 4, brokenAt: null, prunedUpTo: 2 });
      await line();
      expect(await verified()).to.include({ lines: 5, brokenAt: null });
      await prune({ auditMs: 365 * DAY });
      expect(await verified(), "once a day").to.include({ lines: 5 });
    });

    it("finds out when somebody else deletes lines, or writes where it begins", async () => {
      await prune({ auditMs: 365 * DAY });
      const anchor = await store.read
        .selectFrom("meta")
        .selectAll()
        .where("key", "=", "audit_anchor")
        .execute();
      await store.write((db) => db.deleteFrom("audit").where("seq", "=", 3).execute());
      expect((await verified()).brokenAt).to.equal(4);
      const [third] = await listAudit(store.read, { limit: 1, beforeSeq: 5 });
      const [, , mac] = anchor[0]!.value.split(" ");
      const forged = `3 ${third!.hash.toString("hex")} ${mac!}`;
      await store.write((db) =>
        db.updateTable("meta").set({ value: forged }).where("key", "=", "audit_anchor").execute(),
      );
      expect((await verified()).brokenAt).to.equal(1);
      await store.write((db) => db.deleteFrom("meta").where("key", "=", "audit_anchor").execute());
      expect((await verified()).brokenAt).to.equal(4);
    });

    it("keeps the newest line, however old it is", async () => {
      now += 10_000 * DAY;
      await prune({ auditMs: 365 * DAY });
      expect(await verified()).to.include({ brokenAt: null, prunedUpTo: 4 });
      await store.write((db) =>
        appendAudit(db, store.vault, {
          ...{ at: now, admin_id: null, actor: "x", address: "x", act: "logout", target: "x" },
          details: {},
        }),
      );
      expect(await verified()).to.include({ brokenAt: null });
    });
  });
});

import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BY_COMMAND } from "../../src/acts/audit-who.js";
import { requestedEnrollment } from "../../src/acts/new-enrollment.js";
import { noteAudit } from "../../src/acts/note-audit.js";
import {
  OpenVerificationsError,
  reencipherInService,
  rotateDataKey,
} from "../../src/acts/rotate-data-key.js";
import { passwordContext, totpContext } from "../../src/acts/ways-in.js";
import { verifyAudit } from "../../src/store/audit.js";
import { insertEnrollment } from "../../src/store/enrollments.js";
import { appendEvent, listEventsAfter } from "../../src/store/events.js";
import { countFailure, findNumberGuard } from "../../src/store/number-guards.js";
import { openCode, openEvidence, sealCode, sealEvidence } from "../../src/store/sealed-columns.js";
import type { Store } from "../../src/store/store.js";
import { insertVerification } from "../../src/store/verifications.js";
import { setWebhook, signingSecrets } from "../../src/store/webhooks.js";
import { newKeyFile, nextKeyFile, readKeyFile, withoutFormerKey } from "../../src/vault/key-file.js";
import { VaultError } from "../../src/vault/vault.js";
import { pinSubject } from "../../src/verification/code-subject.js";
import { codeMatches } from "../../src/verification/code.js";
import { type E164, parsePhoneNumber } from "../../src/verification/phone-number.js";
import { LIMITS } from "../support/api-fixture.js";
import { StoreFixture } from "../support/store-fixture.js";
import { itOnSqlite, openStore } from "../support/test-database.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";

const NOW = 1_800_000_000_000;
const EVIDENCE = {
  ...{ from: NUMBER, p_asserted_identity: NUMBER, agree: true, privacy: null, trunk: "trunk" },
  ...{ stir_shaken: null, withheld_reason: null },
};

describe("rotating the data key", () => {
  let fixture: StoreFixture;
  let store: Store;
  const keyFile = (): string => path.join(fixture.dir, "keys/data.key");

  beforeEach(async () => {
    fixture = await StoreFixture.open(["a"], NOW);
    ({ store } = fixture);
    const { vault } = store;
    const own = parsePhoneNumber(NUMBER);
    if (!own.ok) throw new Error("this is a number");
    const masked = vault.maskNumber(vault.encipherNumber("+818011112222" as E164));
    await store.write(async (db) => {
      const ended = {
        status: "verified" as const,
        completed_at: NOW,
        next_attempt_at: null,
        code_hash: null,
      };
      const row = await insertVerification(db, { ...verificationRow(store, "a", "one", NOW), ...ended });
      const old = vault.indexNumber("+818011112222" as E164);
      const other = { ...verificationRow(store, "a", "masked", NOW), ...ended };
      await insertVerification(db, { ...other, number_cipher: masked, number_index: old });
      const call = { id: "call", verification_seq: row!.seq, direction: "inbound" as const, started_at: NOW };
      const sealed = sealEvidence(vault, "call", EVIDENCE);
      await db
        .insertInto("attempts")
        .values({ ...call, caller_evidence: sealed })
        .execute();
      const request = {
        ...{ clientId: "a", id: "member", number: own.number, dids: null },
        ...{ pin: "2718", locale: "ja" as const, expiresAt: null, metadata: {} },
      };
      await insertEnrollment(db, requestedEnrollment(vault, request, NOW));
      await appendEvent(db, vault, {
        ...{ clientId: "a", type: "verification.created", verificationSeq: row!.seq, now: NOW },
        data: { phone_number: NUMBER },
      });
      await countFailure(db, "a", vault.indexNumber(NUMBER), LIMITS, NOW);
      await countFailure(db, "a", old, LIMITS, NOW);
      await noteAudit(db, vault, BY_COMMAND, NOW, { act: "logout", target: "x" });
      const admin = { id: "adm", name: "sato", name_key: "sato", role: "admin" as const, created_at: NOW };
      const ways = {
        password_hash: vault.seal(Buffer.from("hashed"), passwordContext("adm")),
        totp_secret: vault.seal(Buffer.from("totp"), totpContext("adm")),
      };
      const none = { disabled_at: null, totp_last_step: null, last_login_at: null };
      await db
        .insertInto("admins")
        .values({ ...admin, ...ways, ...none })
        .execute();
    });
    await store.write((db) => setWebhook(db, vault, "a", "https://shop.example/hook"));
  });
  afterEach(() => fixture.close());

  /** As the command does it. */
  async function rotated(): Promise<{ after: Store; before: Store["vault"] }> {
    const before = store.vault;
    const text = newKeyFile(before);
    const done = await rotateDataKey(store, readKeyFile(text), "sato", NOW);
    expect(done).to.deep.equal({ verifications: 2, enrollments: 1, calls: 1, events: 1, guardsLost: 1 });
    await store.close();
    writeFileSync(keyFile(), text, { mode: 0o600 });
    return { after: (store = await fixture.reopen()), before };
  }

  it("keeps everything readable under the new key, and nothing under the old one", async () => {
    const { after, before } = await rotated();
    const { vault, read } = after;
    expect(vault.fingerprint).to.not.equal(before.fingerprint);
    const rows = await read.selectFrom("verifications").selectAll().orderBy("seq").execute();
    expect(rows.map((row) => vault.decipherNumber(row.number_cipher))).to.deep.equal([
      NUMBER,
      "+81********22",
    ]);
    expect(rows[0]!.number_index.equals(vault.indexNumber(NUMBER))).to.equal(true);
    const old = [before.indexNumber(NUMBER), before.indexNumber("+818011112222" as E164)];
    for (const { number_index } of rows)
      for (const index of old) expect(number_index.equals(index)).to.equal(false);
    const bare = readKeyFile(`${Buffer.alloc(32, 1).toString("base64")}\n`);
    for (const key of [before, bare])
      expect(() => key.decipherNumber(Buffer.from(rows[0]!.number_cipher))).to.throw(VaultError);
    const [call] = await read.selectFrom("attempts").selectAll().execute();
    expect(openEvidence(vault, call!)).to.deep.equal(EVIDENCE);
    const [event] = await listEventsAfter(read, vault, "a", 0, 10);
    expect(event!.data).to.deep.equal({ phone_number: NUMBER });
    const guard = await findNumberGuard(read, { clientId: "a", numberIndex: vault.indexNumber(NUMBER) });
    expect(guard).to.include({ consecutive_failures: 1 });
    const [webhook] = await read.selectFrom("client_webhooks").selectAll().execute();
    expect(signingSecrets(webhook!, vault, NOW)[0]).to.have.length(32);
    const [admin] = await read.selectFrom("admins").selectAll().execute();
    expect(vault.unseal(admin!.password_hash!, passwordContext("adm")).toString()).to.equal("hashed");
    expect(vault.unseal(admin!.totp_secret!, totpContext("adm")).toString()).to.equal("totp");
  });

  it("leaves PINs right and the audit trail whole, of which nobody could make the hashes anew", async () => {
    const { after } = await rotated();
    const [member] = await after.read.selectFrom("enrollments").selectAll().execute();
    const subject = pinSubject({ client_id: "a", id: "member" });
    expect(codeMatches(after.vault.codeKey, subject, "2718", member!.pin_hash!)).to.equal(true);
    expect(await verifyAudit(after.read, after.vault)).to.include({ lines: 2, brokenAt: null });
  });

  it("is refused while a verification is open, and nothing is changed then", async () => {
    await store.write((db) => insertVerification(db, verificationRow(store, "a", "open", NOW)));
    const to = readKeyFile(newKeyFile(store.vault));
    await rotateDataKey(store, to, "sato", NOW).then(
      () => expect.fail("it was rotated"),
      (error: unknown) => {
        expect(error).to.be.instanceOf(OpenVerificationsError);
      },
    );
    const [row] = await store.read.selectFrom("verifications").selectAll().orderBy("seq").limit(1).execute();
    expect(store.vault.decipherNumber(row!.number_cipher)).to.equal(NUMBER);
  });

  it("binds the database to the new key: with the old file nothing starts", async () => {
    const file = readFileSync(keyFile());
    await rotated();
    await store.close();
    writeFileSync(keyFile(), file);
    await fixture.reopen().then(
      () => expect.fail("it was opened"),
      (error: unknown) => {
        expect(error).to.be.instanceOf(VaultError);
      },
    );
  });

  // Services on PostgreSQL agree on the key as nodes do: `test/nodes/data-key.test.ts`.
  itOnSqlite(
    "beside a service leaves nothing under the old key, codes of open verifications included, and finds numbers as before",
    async () => {
      const { vault: before } = store;
      const old = readKeyFile(readFileSync(keyFile(), "utf8"));
      const index = before.indexNumber(NUMBER);
      const row = { ...verificationRow(store, "a", "open", NOW), id: "open" };
      await store.write((db) =>
        insertVerification(db, { ...row, code_cipher: sealCode(before, row, "271828") }),
      );
      const text = nextKeyFile(readFileSync(keyFile(), "utf8"));
      writeFileSync(keyFile(), text);
      const command = await openStore(fixture.dir);
      const pieces: string[] = [];
      const how = { by: "sato", from: old.fingerprint, clock: () => NOW };
      const done = await reencipherInService(command, how, (table) => pieces.push(table));
      await command.close();
      expect(done).to.deep.equal({ verifications: 3, enrollments: 1, calls: 1, events: 1 });
      expect(pieces).to.deep.equal(["verifications", "enrollments", "calls", "events"]);
      // The service, which was open all the time, opens what the command wrote, and writes with the new key itself.
      const open = await store.read
        .selectFrom("verifications")
        .selectAll()
        .where("id", "=", "open")
        .executeTakeFirstOrThrow();
      expect(openCode(store.vault, open)).to.equal("271828");
      expect(store.vault.fingerprint).to.equal(readKeyFile(text).fingerprint);
      expect(() => old.decipherNumber(store.vault.encipherNumber(NUMBER))).to.throw(VaultError);
      await store.close();
      writeFileSync(keyFile(), withoutFormerKey(text));
      store = await fixture.reopen();
      const { vault, read } = store;
      const rows = await read.selectFrom("verifications").selectAll().orderBy("seq").execute();
      for (const { number_cipher } of rows) {
        vault.decipherNumber(number_cipher);
        expect(() => old.decipherNumber(Buffer.from(number_cipher))).to.throw(VaultError);
      }
      expect(rows[0]!.number_index.equals(index), "found as before").to.equal(true);
      const [call] = await read.selectFrom("attempts").selectAll().execute();
      expect(openEvidence(vault, call!)).to.deep.equal(EVIDENCE);
      expect((await listEventsAfter(read, vault, "a", 0, 10))[0]!.data).to.deep.equal({
        phone_number: NUMBER,
      });
      const [webhook] = await read.selectFrom("client_webhooks").selectAll().execute();
      expect(signingSecrets(webhook!, vault, NOW)[0]).to.have.length(32);
      const [admin] = await read.selectFrom("admins").selectAll().execute();
      expect(vault.unseal(admin!.password_hash!, passwordContext("adm")).toString()).to.equal("hashed");
      expect(await verifyAudit(read, vault)).to.include({ brokenAt: null });
      const [member] = await read.selectFrom("enrollments").selectAll().execute();
      expect(
        codeMatches(vault.codeKey, pinSubject({ client_id: "a", id: "member" }), "2718", member!.pin_hash!),
      ).to.equal(true);
    },
  );

  it("a key file of another database is not taken up by what runs", () => {
    const { fingerprint } = store.vault;
    writeFileSync(keyFile(), `${Buffer.alloc(32, 7).toString("base64")}\n`);
    expect(() => {
      store.vault.refresh();
    }).to.throw(VaultError, "another database");
    expect(store.vault.fingerprint).to.equal(fingerprint);
  });
});

import { expect } from "chai";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { BY_COMMAND } from "../../src/acts/audit-who.js";
import { revokeReceiptKey, rotateReceiptKey, type Turn } from "../../src/acts/receipt-keys.js";
import { rotateDataKey } from "../../src/acts/rotate-data-key.js";
import { Receipts } from "../../src/receipts/receipts.js";
import { type Judgement, keySetSchema, verifyReceipt } from "../../src/receipts/verify-receipt.js";
import { insertAttempt } from "../../src/store/attempts.js";
import { listAudit } from "../../src/store/audit.js";
import { pseudonymizeVerifications } from "../../src/store/pseudonymize.js";
import { listReceiptKeys } from "../../src/store/receipt-keys.js";
import { sealEvidence } from "../../src/store/sealed-columns.js";
import { readVerification } from "../../src/store/verifications.js";
import { newKeyFile, readKeyFile } from "../../src/vault/key-file.js";
import { DAY_MS } from "../../src/verification/durations.js";
import { openStore } from "../support/test-database.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import type { Answer } from "../support/https-client.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";
import { insertVerification } from "../../src/store/verifications.js";
import { addEnded } from "./ended-rows.js";
import { flips, forgeries } from "./forgeries.js";

const START = Date.parse("2026-11-27T06:00:00Z");
const ACME = "cli_acme";

describe("receipts", () => {
  let fixture: ApiFixture;
  let now: number;

  beforeEach(async () => {
    now = START;
    fixture = await startApi(() => now);
  });
  afterEach(() => fixture.stop());

  const ask = (id: string, query = ""): Promise<Answer> =>
    fixture.api.get(`/v1/verifications/${id}/receipt${query}`);
  const receiptOf = async (id: string, query = ""): Promise<string> => {
    const answer = await ask(id, query);
    expect(answer.status, answer.text).to.equal(200);
    return String(answer.json["receipt"]);
  };
  const published = (): Promise<Answer> => fixture.api.get("/.well-known/jwks.json", { key: null });
  const kids = async (): Promise<string[]> =>
    keySetSchema.parse((await published()).json).keys.map(({ kid = "" }) => kid);
  const judge = async (receipt: string): Promise<Judgement> =>
    verifyReceipt(receipt, keySetSchema.parse((await published()).json));
  const turn = (): Turn => ({ vault: fixture.store.vault, who: BY_COMMAND, now, rotateMs: 90 * DAY_MS });
  const kidOf = (receipt: string): string => String(decodeProtectedHeader(receipt).kid);

  describe("say", () => {
    it("what was proved, how and when, with the number's keyed hash alone", async () => {
      await addEnded(fixture.store, ACME, "order-1", START);
      const receipt = await receiptOf("order-1");
      const claims = decodeJwt(receipt);
      expect(decodeProtectedHeader(receipt)).to.include({ alg: "EdDSA", typ: "honnin-receipt+jwt" });
      expect(claims.iss).to.match(/^urn:uuid:[0-9a-f-]{36}$/);
      expect(claims).to.deep.include({
        ...{ sub: "order-1", aud: ACME, iat: (START + 60_000) / 1000, amr: ["tel"], status: "verified" },
        ...{ line_type: "mobile", direction: "outbound", channel: "voice", method: "keypad" },
        ...{ code_entries: 1, calls: 0 },
        ...{ created_at: "2026-11-27T06:00:00.000Z", completed_at: "2026-11-27T06:01:00.000Z" },
      });
      expect(claims["phone_number_hash"]).to.match(/^[\w-]{43}$/);
      for (const absent of ["phone_number", "reason", "caller", "transaction"])
        expect(claims).not.to.have.property(absent);
      expect(Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString()).not.to.contain("12345678");
      expect(await judge(receipt)).to.include({ valid: true, kid: kidOf(receipt) });
    });

    it("the ways as they were at its end, whatever is reported of messages later", async () => {
      const ways = {
        channel: "sms",
        chain: '[{"channel":"sms","seconds":60},{"channel":"voice","seconds":60}]',
      } as const;
      const seq = await addEnded(fixture.store, ACME, "order-1", START, { ...ways, proved_by: "sms" });
      const message = {
        verification_seq: seq,
        direction: "outbound",
        channel: "sms",
        outcome: "sent",
      } as const;
      const call = {
        verification_seq: seq,
        direction: "outbound",
        answered_at: START,
        ended_at: START,
      } as const;
      await fixture.store.write(async (db) => {
        await insertAttempt(db, { id: "message", started_at: START, ended_at: START, ...message });
        await insertAttempt(db, { id: "call", started_at: START, outcome: "answered", ...call });
      });
      const before = decodeJwt(await receiptOf("order-1"));
      expect(before).to.deep.include({ amr: ["sms"], calls: 1, messages: 1 });
      await fixture.store.write((db) =>
        db.updateTable("attempts").set({ outcome: "undelivered" }).where("id", "=", "message").execute(),
      );
      expect(decodeJwt(await receiptOf("order-1"))).to.deep.equal(before);
    });

    it("the whole number where it is asked for", async () => {
      await addEnded(fixture.store, ACME, "order-1", START);
      const claims = decodeJwt(await receiptOf("order-1", "?number=whole"));
      expect(claims).to.include({ phone_number: NUMBER }).and.not.have.property("phone_number_hash");
      expect((await ask("order-1", "?number=some")).json).to.include({ code: "invalid_request" });
      expect((await ask("order-1", "?digits=4")).json).to.include({ code: "invalid_request" });
    });

    it("of a number the same hash to one client, and another to every other", async () => {
      const other = await fixture.newClient("other");
      for (const id of ["one", "two"]) await addEnded(fixture.store, ACME, id, START);
      await addEnded(fixture.store, "cli_other", "one", START);
      const hash = (receipt: string): unknown => decodeJwt(receipt)["phone_number_hash"];
      const theirs = await other.get("/v1/verifications/one/receipt");
      expect(hash(await receiptOf("one"))).to.equal(hash(await receiptOf("two")));
      expect(hash(String(theirs.json["receipt"]))).not.to.equal(hash(await receiptOf("one")));
    });

    it("why it failed, and no amr then", async () => {
      await addEnded(fixture.store, ACME, "failed", START, { status: "failed", reason: "wrong_code" });
      const claims = decodeJwt(await receiptOf("failed"));
      expect(claims).to.include({ status: "failed", reason: "wrong_code" }).and.not.have.property("amr");
    });

    it("what the network said of a caller, without a number; less of it once it is masked", async () => {
      const seq = await addEnded(fixture.store, ACME, "called", START, { direction: "inbound" });
      const { vault } = fixture.store;
      const evidence = sealEvidence(vault, "call", {
        ...{ from: NUMBER, p_asserted_identity: NUMBER, agree: true, privacy: null, trunk: "trunk" },
        ...{ stir_shaken: "TN-Validation-Passed-A", withheld_reason: null },
      });
      const call = { id: "call", verification_seq: seq, direction: "inbound", started_at: START } as const;
      await fixture.store.write((db) =>
        insertAttempt(db, { ...call, caller_evidence: evidence, caller_proved: 1 }),
      );
      const claims = decodeJwt(await receiptOf("called"));
      expect(claims["caller"]).to.deep.equal({
        ...{ proved: true, agree: true, stir_shaken: "TN-Validation-Passed-A", withheld_reason: null },
      });
      expect(claims["calls"]).to.equal(1);
      await fixture.store.write((db) => pseudonymizeVerifications(db, vault, START + DAY_MS, 10));
      for (const query of ["", "?number=whole"]) {
        const masked = decodeJwt(await receiptOf("called", query));
        expect(masked["caller"]).to.deep.equal({ proved: true });
        expect(masked).not.to.have.any.keys("phone_number", "phone_number_hash");
        expect(masked.jti).to.be.a("string");
      }
    });
  });

  describe("are given", () => {
    it("to their own client alone, and only of what has ended", async () => {
      const other = await fixture.newClient("other");
      await addEnded(fixture.store, ACME, "order-1", START);
      await fixture.store.write((db) =>
        insertVerification(db, verificationRow(fixture.store, ACME, "open", START)),
      );
      const theirs = await other.get("/v1/verifications/order-1/receipt");
      const none = await other.get("/v1/verifications/none/receipt");
      expect([theirs.status, theirs.text]).to.deep.equal([404, none.text]);
      expect((await fixture.api.get("/v1/verifications/order-1/receipt", { key: null })).status).to.equal(
        401,
      );
      const open = await ask("open");
      expect([open.status, open.json["code"]]).to.deep.equal([409, "verification_not_ended"]);
      expect(await listReceiptKeys(fixture.store.read), "no key for those").to.deep.equal([]);
      await fixture.api.post("/v1/verifications/open/cancel", {});
      expect(decodeJwt(await receiptOf("open"))).to.include({ status: "canceled" });
      expect((await fixture.api.post("/v1/verifications/open/receipt", {})).status).to.equal(405);
    });

    it("the same again, also after another key has taken over", async () => {
      await addEnded(fixture.store, ACME, "order-1", START);
      const first = await receiptOf("order-1");
      now += 5_000;
      expect(await receiptOf("order-1")).to.equal(first);
      await fixture.store.write((db) => rotateReceiptKey(db, turn(), "at_once"));
      const second = await receiptOf("order-1");
      expect(kidOf(second)).not.to.equal(kidOf(first));
      expect(decodeJwt(second)).to.deep.equal(decodeJwt(first));
      for (const receipt of [first, second]) expect(await judge(receipt)).to.include({ valid: true });
    });
  });

  describe("are refused by our own judge", () => {
    it("where any bit was changed, and where they are forged", async () => {
      await addEnded(fixture.store, ACME, "order-1", START);
      const genuine = await receiptOf("order-1");
      const keys = keySetSchema.parse((await published()).json);
      const all = [...flips(genuine), ...(await forgeries(genuine, keys.keys[0]!))];
      for (const { what, receipt } of all) {
        expect(await verifyReceipt(receipt, keys), what).to.include({ valid: false });
      }
      const [algorithm, hs256, , crit, unknown, changed] = (await forgeries(genuine, keys.keys[0]!)).slice(1);
      for (const [forgery, fault] of [
        [algorithm, "wrong_algorithm"],
        [hs256, "wrong_algorithm"],
        [crit, "critical_extension"],
        [unknown, "unknown_key"],
        [changed, "changed"],
      ] as const)
        expect(await verifyReceipt(forgery?.receipt ?? "", keys), forgery?.what).to.include({ fault });
      const expected = { issuer: "https://other.example" };
      expect(await verifyReceipt(genuine, keys, expected)).to.include({ fault: "wrong_issuer" });
      expect(await verifyReceipt(genuine, keys, { audience: "cli_other" })).to.include({
        fault: "wrong_audience",
      });
    });
  });

  describe("are signed by keys that", () => {
    beforeEach(() => addEnded(fixture.store, ACME, "order-1", START));

    it("everybody may read and keep for a while, and whose private part nobody may", async () => {
      const receipt = await receiptOf("order-1");
      const answer = await published();
      expect(answer.status).to.equal(200);
      expect(answer.headers["cache-control"]).to.equal("public, max-age=300");
      expect(answer.headers["content-type"]).to.contain("application/jwk-set+json");
      const { keys } = keySetSchema.parse(answer.json);
      expect(keys).to.have.length(1);
      expect(keys[0]).to.have.all.keys("kty", "crv", "x", "kid", "alg", "use");
      expect(keys[0]?.kid).to.equal(kidOf(receipt));
      expect(fixture.logged()).not.to.contain(receipt);
      expect((await fixture.api.post("/.well-known/jwks.json", {}, { key: null })).status).to.equal(405);
    });

    it("are one, however many ask first", async () => {
      const answers = await Promise.all([
        ...Array.from({ length: 8 }, () => receiptOf("order-1").then(kidOf)),
        ...Array.from({ length: 8 }, () => kids().then(([kid]) => kid)),
      ]);
      expect(new Set(answers).size).to.equal(1);
      expect(await listReceiptKeys(fixture.store.read)).to.have.length(1);
    });

    it("are one also where two processes ask first", async () => {
      const second = await openStore(fixture.dataDir);
      try {
        const both = [fixture.store, second].map((store) => new Receipts(store, () => now).published());
        const sets = await Promise.all(both);
        expect(sets[0]).to.deep.equal(sets[1]);
        expect(sets[0]?.keys).to.have.length(1);
      } finally {
        await second.close();
      }
    });

    it("take over by age: published a day before, and published on for 400 days afterwards", async () => {
      const [first] = await kids();
      now += 89 * DAY_MS - 1;
      expect(await kids()).to.deep.equal([first]);
      now += 1;
      const [, second] = await kids();
      expect(second).to.be.a("string");
      expect(kidOf(await receiptOf("order-1")), "not before its day").to.equal(first);
      now += DAY_MS;
      expect(kidOf(await receiptOf("order-1"))).to.equal(second);
      const [former] = await listReceiptKeys(fixture.store.read);
      expect(former).to.include({ kid: first, private_cipher: null });
      expect(await kids()).to.deep.equal([first, second]);
      now += 400 * DAY_MS;
      expect(await kids())
        .to.include(second)
        .and.not.include(first);
    });

    it("sign on where nobody asked for a long time: the next one has its day all the same", async () => {
      const first = kidOf(await receiptOf("order-1"));
      now += 1_000 * DAY_MS;
      expect(kidOf(await receiptOf("order-1"))).to.equal(first);
      const [, next] = await listReceiptKeys(fixture.store.read);
      expect(next?.signs_from).to.equal(now + DAY_MS);
    });

    it("are revoked at once, and another signs; the audit trail tells of each", async () => {
      const first = kidOf(await receiptOf("order-1"));
      const old = await receiptOf("order-1");
      const { kid: next } = await fixture.store.write((db) => rotateReceiptKey(db, turn(), "in_a_day"));
      expect(await kids()).to.deep.equal([first, next]);
      expect(await fixture.store.write((db) => revokeReceiptKey(db, turn(), first))).to.equal("revoked");
      expect(await kids()).to.deep.equal([next]);
      expect(kidOf(await receiptOf("order-1"))).to.equal(next);
      expect(await judge(old)).to.include({ valid: false, fault: "unknown_key" });
      expect(await fixture.store.write((db) => revokeReceiptKey(db, turn(), first))).to.equal(
        "revoked_before",
      );
      expect(await fixture.store.write((db) => revokeReceiptKey(db, turn(), "none"))).to.equal("unknown");
      expect(await fixture.store.write((db) => revokeReceiptKey(db, turn(), next))).to.equal("revoked");
      const [third] = await kids();
      expect(kidOf(await receiptOf("order-1")))
        .to.equal(third)
        .and.not.equal(next);
      const lines = await listAudit(fixture.store.read, { limit: 100 });
      expect(
        lines.filter(({ act }) => act.startsWith("receipt_key")).map(({ act, target }) => [act, target]),
      ).to.deep.equal([
        ["receipt_key.created", third],
        ["receipt_key.revoked", next],
        ["receipt_key.advanced", next],
        ["receipt_key.revoked", first],
        ["receipt_key.created", next],
        ["receipt_key.created", first],
      ]);
      for (const { private_cipher, revoked_at } of await listReceiptKeys(fixture.store.read))
        if (revoked_at !== null) expect(private_cipher).to.equal(null);
    });

    it("are opened by the new data key after a rotation of that, and the hash stays", async () => {
      const before = await receiptOf("order-1");
      const text = newKeyFile(fixture.store.vault);
      await rotateDataKey(fixture.store, readKeyFile(text), "sato", now);
      writeFileSync(path.join(fixture.dataDir, "keys/data.key"), text, { mode: 0o600 });
      const store = await openStore(fixture.dataDir);
      try {
        const stored = await readVerification(store.read, ACME, "order-1");
        const made = await new Receipts(store, () => now).of(stored!);
        expect(made?.receipt).to.equal(before);
      } finally {
        await store.close();
      }
    });
  });
});

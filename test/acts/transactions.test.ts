import { expect } from "chai";
import { requestedVerification, type VerificationRequest } from "../../src/acts/new-verification.js";
import { register } from "../../src/acts/register.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import { eraseNumber } from "../../src/acts/erase-number.js";
import { renewCode } from "../../src/acts/renew-code.js";
import { openCode, sealCode } from "../../src/store/sealed-columns.js";
import { insertClient } from "../../src/store/clients.js";
import { pseudonymizeVerifications } from "../../src/store/pseudonymize.js";
import { keptTransaction, transactionColumns } from "../../src/store/sealed-transaction.js";
import { Store } from "../../src/store/store.js";
import { findVerificationBySeq, type VerificationRow } from "../../src/store/verifications.js";
import { parsePhoneNumber } from "../../src/verification/phone-number.js";
import type { Ruling } from "../../src/verification/ruling.js";
import { canonicalTransaction, type Transaction } from "../../src/verification/transaction.js";
import { LIMITS } from "../support/api-fixture.js";
import { tempDir } from "../support/temp-dir.js";

const NOW = 1_800_000_000_000;
const CODE = "271828";
const PARSED = parsePhoneNumber("+819012345678");
if (!PARSED.ok) throw new Error("this is a number");
const NUMBER = PARSED.number;
const OTHER = parsePhoneNumber("+818011112222");
if (!OTHER.ok) throw new Error("this is a number");
const PAID: Transaction = { amount: "12000", currency: "JPY", payee: "アクメ商店", reference: "order-7" };

describe("the code of a transaction", () => {
  let store: Store;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const dir = await tempDir();
    store = await Store.open(dir.path);
    await store.write((db) => insertClient(db, { id: "shop", name: "shop", created_at: NOW }));
    remove = async () => {
      await store.close();
      await dir.remove();
    };
  });

  afterEach(() => remove());

  const registered = async (id: string, transaction: Transaction | null): Promise<VerificationRow> => {
    const request: VerificationRequest = {
      ...{ clientId: "shop", id, said: `${id} ${JSON.stringify(transaction)}`, number: NUMBER, did: null },
      ...{ direction: "outbound", channel: "voice", method: "keypad", locale: "ja", code: CODE },
      ...{ keepsCode: false, maxCodeEntries: 3, maxCallAttempts: 1, lifeMs: 300_000, metadata: {} },
      ...{ chain: null, ownCode: true },
      transaction,
    };
    const made = await register(store, requestedVerification(store.vault, request, NOW), LIMITS);
    if (made.kind !== "created") throw new Error(made.kind);
    return made.stored.verification;
  };
  const rule = (row: VerificationRow, now = NOW): Promise<Ruling> =>
    ruleEntry(store, row.seq, { kind: "code", digits: CODE }, LIMITS, now, "proved");
  const change = (row: VerificationRow, columns: Partial<VerificationRow>): Promise<unknown> =>
    store.write((db) => db.updateTable("verifications").set(columns).where("seq", "=", row.seq).execute());
  const kept = async (row: VerificationRow): Promise<unknown> => {
    const now = await findVerificationBySeq(store.read, row.seq);
    return now === undefined ? undefined : keptTransaction(store.vault, now);
  };

  it("is right for its transaction", async () => {
    expect(await rule(await registered("a", PAID))).to.deep.equal({ kind: "verified" });
  });

  for (const other of [
    { ...PAID, amount: "12001" },
    { ...PAID, currency: "EUR" as const, amount: "12000.00" },
    { ...PAID, payee: "アクメ商会" },
    { ...PAID, reference: "order-8" },
    null,
  ]) {
    it(`is wrong for another: ${other === null ? "none" : canonicalTransaction(other)}`, async () => {
      const row = await registered("a", PAID);
      // Sealed anew by whoever has the key, with the hash of the code left as it was.
      const columns = transactionColumns(store.vault, row, other);
      await change(row, { amount: null, currency: null, transaction_cipher: null, ...columns });
      expect(await rule(row)).to.deep.equal({ kind: "wrong", triesLeft: 2 });
    });
  }

  it("is wrong for another verification to which its hash is taken", async () => {
    const row = await registered("a", PAID);
    const other = await registered("b", { ...PAID, amount: "99" });
    await change(other, { code_hash: row.code_hash });
    expect(await rule(other)).to.deep.equal({ kind: "wrong", triesLeft: 2 });
  });

  it("is judged at all only beside the payee that was sealed for this request", async () => {
    const row = await registered("a", PAID);
    const other = await registered("b", { ...PAID, payee: "別の店" });
    await change(other, { transaction_cipher: row.transaction_cipher });
    const refused = await rule(other).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(Error);
  });

  it("is right for its transaction too when it is a new one, for a second call", async () => {
    const settings = { new_code_each_time: true };
    const row = await registered("a", PAID);
    await change(row, {
      method: "spoken",
      own_code: 0,
      code_read_at: NOW,
      code_cipher: sealCode(store.vault, row, CODE),
    });
    const now = await findVerificationBySeq(store.read, row.seq);
    if (now === undefined) throw new Error("it is gone");
    const renewed = await store.write((db) => renewCode(db, store.vault, now, settings));
    const digits = openCode(store.vault, renewed) ?? "";
    expect(digits).not.to.equal(CODE);
    const ruling = await ruleEntry(store, row.seq, { kind: "code", digits }, LIMITS, NOW, "proved");
    expect(ruling).to.deep.equal({ kind: "verified" });
  });

  it("is refused by the person without holding anything against the number", async () => {
    const row = await registered("a", PAID);
    const ruling = await ruleEntry(store, row.seq, { kind: "refusal" }, LIMITS, NOW, "proved");
    expect(ruling).to.deep.equal({ kind: "failed", reason: "transaction_refused" });
    expect((await registered("b", PAID)).status).to.equal("pending");
  });

  it("is forgotten, but for the amount, when the number is masked", async () => {
    const row = await registered("a", PAID);
    await rule(row);
    await store.write((db) => pseudonymizeVerifications(db, store.vault, NOW + 1, 10));
    expect(await kept(row)).to.deep.equal({ amount: "12000", currency: "JPY", payee: null, reference: null });
  });

  it("is forgotten wholly when the number is erased", async () => {
    const row = await registered("a", PAID);
    await rule(row);
    await eraseNumber(store, NUMBER.e164, "tester", NOW);
    expect(await kept(row)).to.equal(null);
  });

  it("loses a reference with a number in it when that is erased", async () => {
    const row = await registered("a", { ...PAID, reference: "tel:080-1111-2222" });
    const before = await eraseNumber(store, OTHER.number.e164, "tester", NOW);
    expect(before, "it may be about to be said").to.include({ mentions: 0, open: true });
    await rule(row);
    const { mentions, open } = await eraseNumber(store, OTHER.number.e164, "tester", NOW);
    expect(open).to.equal(false);
    expect(mentions).to.be.at.least(1);
    expect(await kept(row)).to.deep.include({ amount: "12000", reference: null });
  });
});

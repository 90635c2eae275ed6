import { expect } from "chai";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import type { PayeeSounds } from "../../src/prompts/payee-voice.js";
import { SoundsWaitingError } from "../../src/prompts/sound-thread.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";

const TRANSACTION = { amount: "12000", currency: "JPY", payee: "アクメ商店", reference: "order-7" };
const NOBODY = "だれにも言えない";
const BUSY = "順番待ち";

/** Says every payee but two. */
const PAYEES: PayeeSounds = {
  find: ({ payee }) => {
    if (payee === BUSY) return Promise.reject(new SoundsWaitingError());
    return Promise.resolve(payee === NOBODY ? null : "/somewhere/payee");
  },
};

describe("registering a transaction", () => {
  let fixture: ApiFixture;
  before(async () => {
    fixture = await startApi(Date.now, undefined, { payees: PAYEES });
  });
  after(() => fixture.stop());

  type Sent = ReturnType<ApiFixture["api"]["post"]>;
  const post = (body: Readonly<Record<string, unknown>>): Sent =>
    fixture.api.post("/v1/verifications", { phone_number: "090-1234-5678", ...body });
  const withChange = (change: Readonly<Record<string, unknown>>): Sent =>
    post({ transaction: { ...TRANSACTION, ...change } });
  const rows = async (): Promise<number> =>
    (await fixture.store.read.selectFrom("verifications").select("seq").execute()).length;

  it("is carried by the answer, the result, the list and the event", async () => {
    const { status, json } = await post({ id: "pay-1", transaction: TRANSACTION });
    expect(status).to.equal(201);
    expect(json["transaction"]).to.deep.equal(TRANSACTION);
    const read = await fixture.api.get("/v1/verifications/pay-1");
    expect(read.json["transaction"]).to.deep.equal(TRANSACTION);
    const list = await fixture.api.get("/v1/verifications");
    expect((list.json["data"] as Record<string, unknown>[])[0]?.["transaction"]).to.deep.equal(TRANSACTION);
    const event = await fixture.store.read
      .selectFrom("events")
      .select(["id", "payload"])
      .executeTakeFirstOrThrow();
    const told = fixture.store.vault.unseal(event.payload, event.id).toString("utf8");
    expect(told).to.include("アクメ商店").and.to.include("order-7");
  });

  it("is null where there is none", async () => {
    expect((await post({})).json["transaction"]).to.equal(null);
  });

  it("is kept sealed: neither payee nor reference stands in the database", async () => {
    await withChange({ payee: "秘密の店", reference: "secret-ref" });
    const kept = JSON.stringify(await fixture.store.read.selectFrom("verifications").selectAll().execute());
    expect(kept).to.not.include("秘密の店").and.to.not.include("secret-ref");
    expect(fixture.logged()).to.not.match(/秘密の店|secret-ref|アクメ/);
  });

  it("takes an amount as a whole number, too, and tells it in one spelling", async () => {
    const amountOf = async (amount: unknown, currency = "JPY"): Promise<unknown> => {
      const { json } = await withChange({ amount, currency });
      return (json["transaction"] as Record<string, unknown>)["amount"];
    };
    expect(await amountOf(12_000)).to.equal("12000");
    expect(await amountOf(999_999_999_999)).to.equal("999999999999");
    expect(await amountOf("12", "USD")).to.equal("12.00");
    expect(await amountOf("0.05", "EUR")).to.equal("0.05");
  });

  it("takes a form", async () => {
    const fields = Object.entries(TRANSACTION).map(([name, value]) => [`transaction[${name}]`, value]);
    const { status, json } = await fixture.api.postForm("/v1/verifications", {
      phone_number: "09012345678",
      ...(Object.fromEntries(fields) as Record<string, string>),
    });
    expect(status).to.equal(201);
    expect(json["transaction"]).to.deep.equal(TRANSACTION);
  });

  it("takes an own id with the same transaction for the same, with another for another", async () => {
    const body = (change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
      ...{ id: "pay-2", code: "123456", transaction: { ...TRANSACTION, ...change } },
    });
    expect((await post(body())).status).to.equal(201);
    expect((await post(body({ amount: 12_000 }))).status, "another spelling of the amount").to.equal(200);
    for (const change of [
      { amount: "12001" },
      { currency: "USD" },
      { payee: "別の店" },
      { reference: "x" },
    ]) {
      const { status, json } = await post(body(change));
      expect(status, JSON.stringify(change)).to.equal(409);
      expect(json).to.include({ code: "id_conflict" });
    }
    expect((await post({ id: "pay-2", code: "123456" })).status, "without one").to.equal(409);
  });

  const long = "店".repeat(71);
  for (const [field, change] of [
    ...["0", 0, -1, "-1", 1.5, "1.5", "1e3", "1,000", "01", "", "1000000000000", 1e15, null, true].map(
      (amount) => ["transaction.amount", { amount }] as const,
    ),
    ["transaction.amount", { amount: "0.00", currency: "USD" }],
    ["transaction.amount", { amount: "1.234", currency: "USD" }],
    ["transaction.currency", { currency: "GBP" }],
    ["transaction.currency", { currency: "jpy" }],
    ["transaction.payee", { payee: "" }],
    ["transaction.payee", { payee: " 店" }],
    ["transaction.payee", { payee: long }],
    ["transaction.payee", { payee: "店\n" }],
    ["transaction.payee", { payee: "a\u0000b" }],
    ["transaction.payee", { payee: "a\u202eb" }],
    ["transaction.payee", { payee: "a\u2066b" }],
    ["transaction.payee", { payee: "a\u200bb" }],
    ["transaction.payee", { payee: 7 }],
    ["transaction.reference", { reference: "" }],
    ["transaction.reference", { reference: "a b" }],
    ["transaction.reference", { reference: "x".repeat(65) }],
    ["transaction.memo", { memo: "x" }],
  ] as const) {
    it(`refuses ${JSON.stringify(change).slice(0, 60)} naming ${field}, and stores nothing`, async () => {
      const before = await rows();
      const { status, json } = await withChange(change);
      expect(status).to.equal(400);
      expect(json).to.include({ code: "invalid_request" });
      expect((json["errors"] as { field: string }[]).map((error) => error.field)).to.deep.equal([field]);
      expect(await rows()).to.equal(before);
    });
  }

  it("takes a payee of 70 characters", async () => {
    expect((await withChange({ payee: "店".repeat(70) })).status).to.equal(201);
  });

  it("refuses it with caller_id, which has no code to be bound", async () => {
    const { status, json } = await post({
      direction: "inbound",
      method: "caller_id",
      transaction: TRANSACTION,
    });
    expect(status).to.equal(400);
    expect((json["errors"] as { field: string }[])[0]?.field).to.equal("transaction");
  });

  it("refuses a payee that nobody can say, unless the client has it shown", async () => {
    const before = await rows();
    const { status, json } = await withChange({ payee: NOBODY });
    expect(status).to.equal(422);
    expect(json).to.include({ code: "payee_not_speakable" });
    expect(await rows()).to.equal(before);
    await fixture.store.write((db) => changeClientSettings(db, "cli_acme", { unspoken_payee: true }));
    expect((await withChange({ payee: NOBODY })).status).to.equal(201);
    await fixture.store.write((db) => changeClientSettings(db, "cli_acme", { unspoken_payee: false }));
  });

  it("answers 503 with Retry-After while too many payees are being spoken", async () => {
    const { status, json, headers } = await withChange({ payee: BUSY });
    expect(status).to.equal(503);
    expect(json).to.include({ code: "service_unavailable" });
    expect(headers["retry-after"]).to.equal("2");
  });
});

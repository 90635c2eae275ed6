import { expect } from "chai";
import { listEventsAfter } from "../../src/store/events.js";
import { beginAttempt } from "../support/begin-attempt.js";
import { markAnswered } from "../../src/acts/mark-attempt.js";
import { findVerification } from "../../src/store/verifications.js";
import { type ApiFixture, LIMITS, startApi } from "../support/api-fixture.js";
import type { HttpsClient } from "../support/https-client.js";

const NUMBER = "+819012345678";

describe("one client never sees another's", () => {
  let fixture: ApiFixture;
  let mine: HttpsClient;
  let yours: HttpsClient;
  let id: string;

  before(async () => {
    fixture = await startApi();
    mine = fixture.api;
    yours = await fixture.newClient("yours");
    const { json } = await mine.post("/v1/verifications", {
      phone_number: NUMBER,
      id: "shared-name",
      code: "1234",
      metadata: { secret: "mine" },
    });
    id = String(json["id"]);
  });
  after(() => fixture.stop());

  it("verification: it cannot be read, asked for or canceled, and looks as if it never was", async () => {
    for (const [asked, never] of [
      [await yours.get(`/v1/verifications/${id}`), await yours.get("/v1/verifications/never")],
      [
        await yours.post("/v1/verifications/result", { id }),
        await yours.post("/v1/verifications/result", { id: "never" }),
      ],
      [
        await yours.post(`/v1/verifications/${id}/cancel`, {}),
        await yours.post("/v1/verifications/never/cancel", {}),
      ],
    ] as const) {
      expect(asked.status).to.equal(404);
      expect(asked.text).to.equal(never.text);
    }
    expect((await mine.get(`/v1/verifications/${id}`)).json).to.include({ status: "pending" });
  });

  it("list, whichever filter is used", async () => {
    for (const query of ["", `?phone_number=${encodeURIComponent(NUMBER)}`, "?status=pending"]) {
      expect((await yours.get(`/v1/verifications${query}`)).json["data"], query).to.deep.equal([]);
    }
  });

  it("cursor of a list: another's is none, as is one that nobody was given", async () => {
    for (const list of ["/v1/verifications", "/v1/enrollments"]) {
      for (const phone_number of [NUMBER, "09087654321"]) await mine.post(list, { phone_number });
      const cursor = String((await mine.get(`${list}?limit=1`)).json["next_cursor"]);
      expect((await mine.get(`${list}?cursor=${cursor}`)).status).to.equal(200);
      for (const foreign of [cursor, "djE6OTk5"]) {
        const { status, json } = await yours.get(`${list}?cursor=${foreign}`);
        expect(status).to.equal(400);
        expect(json["errors"]).to.have.nested.property("[0].field", "cursor");
      }
    }
  });

  it("cursor: of its own list only, and of the same filters", async () => {
    const list = "/v1/verifications";
    for (const phone_number of ["09011110001", "09011110001"]) await mine.post(list, { phone_number });
    const number = `phone_number=${encodeURIComponent("09011110001")}`;
    const first = await mine.get(`${list}?limit=1&${number}`);
    const cursor = `cursor=${String(first.json["next_cursor"])}`;
    for (const same of [
      `${number}&${cursor}`,
      `${number}&limit=5&created_after=2026-01-01T00:00:00Z&${cursor}`,
    ]) {
      expect((await mine.get(`${list}?${same}`)).status, same).to.equal(200);
    }
    for (const other of [
      `${list}?${cursor}`,
      `${list}?status=pending&${number}&${cursor}`,
      `/v1/enrollments?${number}&${cursor}`,
    ]) {
      const { status, json } = await mine.get(other);
      expect(status, other).to.equal(400);
      expect(json["errors"]).to.have.nested.property("[0].field", "cursor");
    }
  });

  it("own id: the same id is another verification", async () => {
    const body = { phone_number: "09087654321", id: "shared-name", code: "9999" };
    expect((await yours.post("/v1/verifications", body)).status).to.equal(201);
    expect((await mine.get(`/v1/verifications/${id}`)).json).to.include({ phone_number: NUMBER });
    expect((await yours.post("/v1/verifications/shared-name/cancel", {})).status).to.equal(200);
    expect((await mine.get(`/v1/verifications/${id}`)).json).to.include({ status: "pending" });
  });

  it("Idempotency-Key: the same key makes a verification for each", async () => {
    const headers = { "idempotency-key": "same-key" };
    const ids = await Promise.all(
      [mine, yours].map(async (api) => {
        const { status, json } = await api.post("/v1/verifications", { phone_number: NUMBER }, { headers });
        expect(status).to.equal(201);
        return json["id"];
      }),
    );
    expect(new Set(ids).size).to.equal(2);
  });

  it("events", async () => {
    const { store } = fixture;
    const told = async (client: string): Promise<string> =>
      JSON.stringify(await listEventsAfter(store.read, store.vault, client, 0, 100));
    expect(await told("cli_acme")).to.include('"secret":"mine"');
    expect(await told("cli_yours")).to.not.include('"secret"');
  });

  it("usage", async () => {
    const { store } = fixture;
    const row = await findVerification(store.read, "cli_acme", id);
    await beginAttempt(store, row?.seq ?? 0, "call", LIMITS, Date.now());
    await markAnswered(store, "call", Date.now());
    expect((await mine.get("/v1/usage")).json["total"]).to.be.greaterThan(0);
    expect((await yours.get("/v1/usage")).json["total"]).to.equal(0);
  });

  it("limits on a number: wrong codes and fraud reports of one lock nobody else out", async () => {
    const { store } = fixture;
    const now = Date.now();
    await store.write(async (db) => {
      await db
        .insertInto("number_guards")
        .values({
          client_id: "cli_acme",
          number_index: store.vault.indexNumber("+819012345678" as never),
          consecutive_failures: LIMITS.maxConsecutiveFailures,
          last_failure_at: now,
          fraud_blocked_until: now + 60_000,
        })
        .execute();
    });
    expect((await mine.post("/v1/verifications", { phone_number: NUMBER })).status).to.equal(422);
    expect((await yours.post("/v1/verifications", { phone_number: NUMBER })).status).to.equal(201);
  });
});

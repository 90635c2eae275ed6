import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { insertApiKey, revokeApiKey } from "../../src/store/api-keys.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import type { Answer } from "../support/https-client.js";
import { itOnSqlite } from "../support/test-database.js";

const NUMBER = "090-1234-5678";

describe("the HTTPS API", () => {
  let fixture: ApiFixture;
  const count = async (): Promise<number> => {
    const row = await fixture.store.read
      .selectFrom("verifications")
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    return row.n;
  };

  before(async () => {
    fixture = await startApi();
  });
  after(() => fixture.stop());

  describe("registering", () => {
    it("answers 201 with an id and a six-digit code of its own", async () => {
      const answer = await fixture.api.post("/v1/verifications", { phone_number: NUMBER });
      expect(answer.status).to.equal(201);
      expect(answer.json).to.include({
        status: "pending",
        reason: null,
        phone_number: "+819012345678",
        line_type: "mobile",
        direction: "outbound",
        channel: "voice",
        method: "keypad",
        locale: "ja",
        code_entries: 0,
      });
      expect(answer.json["code"]).to.match(/^\d{6}$/);
      expect(answer.json["id"]).to.match(/^[A-Za-z0-9._-]{1,64}$/);
      expect(answer.headers.location).to.equal(`/v1/verifications/${String(answer.json["id"])}`);
      const life =
        Date.parse(String(answer.json["expires_at"])) - Date.parse(String(answer.json["created_at"]));
      expect(life).to.equal(300_000);
    });

    it("keeps the id that was sent, and does not give back a code that was sent", async () => {
      const body = { phone_number: NUMBER, id: "order-1.a_B", code: "4711", metadata: { order: "1" } };
      const { status, json } = await fixture.api.post("/v1/verifications", body);
      expect(status).to.equal(201);
      expect(json).to.include({ id: "order-1.a_B" });
      expect(json).to.not.have.property("code");
      expect(json["metadata"]).to.deep.equal({ order: "1" });
    });

    it("takes a form as well as JSON", async () => {
      const { status, json } = await fixture.api.postForm("/v1/verifications", {
        phone_number: "０３（１２３４）５６７８",
        id: "form-1",
        expires_in: "60",
        "metadata[order]": "7",
      });
      expect(status).to.equal(201);
      expect(json).to.include({ id: "form-1", phone_number: "+81312345678", line_type: "fixed" });
      expect(json["metadata"]).to.deep.equal({ order: "7" });
    });

    it("answers 200 with the same verification when the same is sent again, and 409 for other content", async () => {
      const body = { phone_number: NUMBER, id: "twice", code: "123456" };
      expect((await fixture.api.post("/v1/verifications", body)).status).to.equal(201);
      const before = await count();
      const again = await fixture.api.post("/v1/verifications", {
        ...body,
        phone_number: "+81 90 1234 5678",
      });
      expect(again.status).to.equal(200);
      expect(again.json).to.include({ id: "twice", status: "pending" });
      const other = await fixture.api.post("/v1/verifications", { ...body, code: "654321" });
      expect(other.status).to.equal(409);
      expect(other.json["code"]).to.equal("id_conflict");
      expect(await count()).to.equal(before);
    });

    it("makes exactly one of 1,000 equal requests that arrive at once", async () => {
      const before = await count();
      const body = { phone_number: NUMBER, id: "race", code: "123456" };
      const answers = await Promise.all(
        Array.from({ length: 1000 }, () => fixture.api.post("/v1/verifications", body)),
      );
      expect(answers.filter((answer) => answer.status === 201).length).to.equal(1);
      expect(answers.filter((answer) => answer.status === 200).length).to.equal(999);
      expect(await count()).to.equal(before + 1);
    });

    it("calls a number outside Japan only when it is allow-listed", async () => {
      const allowed = await fixture.api.post("/v1/verifications", { phone_number: "+1 415 555 2671" });
      expect(allowed.status).to.equal(201);
      const refused = await fixture.api.post("/v1/verifications", { phone_number: "+1 212 555 2671" });
      expect(refused.status).to.equal(422);
      expect(refused.json).to.include({ code: "number_not_allowed" });
      expect(refused.json["detail"]).to.be.a("string").that.includes("outside Japan");
    });
  });

  describe("refusing", () => {
    const long = "x".repeat(65);
    const wrong: readonly (readonly [field: string, body: Record<string, unknown>])[] = [
      ["phone_number", {}],
      ["phone_number", { phone_number: 9012345678 }],
      ["phone_number", { phone_number: "" }],
      ["phone_number", { phone_number: "12" + "3".repeat(80) }],
      ["phone_number", { phone_number: "not a number" }],
      ["phone_number", { phone_number: null }],
      ["phone_number", { phone_number: ["09012345678"] }],
      ["id", { id: "" }],
      ["id", { id: long }],
      ["id", { id: "a/b" }],
      ["id", { id: "../etc" }],
      ["id", { id: "." }],
      ["id", { id: ".." }],
      ["id", { id: "result" }],
      ["id", { id: 7 }],
      ["direction", { direction: "sideways" }],
      ["channel", { channel: "fax" }],
      ["method", { method: "telepathy" }],
      ["code", { code: "123" }],
      ["code", { code: "12345678901" }],
      ["code", { code: "12a4" }],
      ["code", { code: 123456 }],
      ["code", { code: "１２３４５６" }],
      ["expires_in", { expires_in: 29 }],
      ["expires_in", { expires_in: 601 }],
      ["expires_in", { expires_in: 60.5 }],
      ["expires_in", { expires_in: "soon" }],
      ["expires_in", { expires_in: null }],
      ["locale", { locale: "fr" }],
      ["max_code_entries", { max_code_entries: 0 }],
      ["max_code_entries", { max_code_entries: 6 }],
      ["max_call_attempts", { max_call_attempts: 0 }],
      ["max_call_attempts", { max_call_attempts: 4 }],
      ["metadata", { metadata: "text" }],
      ["metadata", { metadata: [] }],
      ["metadata.a", { metadata: { a: 1 } }],
      ["metadata.a", { metadata: { a: "x".repeat(513) } }],
      ["metadata", { metadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, "v"])) }],
      ["phone", { phone: "09012345678" }],
    ];
    for (const [field, fields] of wrong) {
      it(`names ${field} in ${JSON.stringify(fields).slice(0, 60)}`, async () => {
        const before = await count();
        const body =
          "phone_number" in fields || Object.keys(fields).length === 0
            ? fields
            : { phone_number: NUMBER, ...fields };
        const answer = await fixture.api.post("/v1/verifications", body);
        expect(answer.status).to.equal(400);
        expect(answer.headers["content-type"]).to.match(/^application\/problem\+json/);
        expect(answer.json).to.include({ code: "invalid_request", status: 400 });
        const errors = answer.json["errors"] as { field: string }[];
        expect(errors.map((error) => error.field)).to.include(field);
        expect(await count()).to.equal(before);
      });
    }

    for (const number of ["0120-123-456", "0570012345", "110", "00331234567", "18409012345678"]) {
      it(`refuses to call ${number} and says why`, async () => {
        const answer = await fixture.api.post("/v1/verifications", { phone_number: number });
        expect(answer.status).to.equal(422);
        expect(answer.json["code"]).to.equal("number_not_allowed");
      });
    }

    it("answers 422 for SMS while no gateway is configured", async () => {
      const answer = await fixture.api.post("/v1/verifications", { phone_number: NUMBER, channel: "sms" });
      expect(answer.status).to.equal(422);
      expect(answer.json["code"]).to.equal("channel_not_available");
    });

    for (const [what, body, headers, status, code] of [
      ["broken JSON", "{", { "content-type": "application/json" }, 400, "malformed_body"],
      ["a JSON string", '"x"', { "content-type": "application/json" }, 400, "malformed_body"],
      ["no body", "", { "content-type": "application/json" }, 400, "invalid_request"],
      ["XML", "<x/>", { "content-type": "text/xml" }, 415, "unsupported_media_type"],
      [
        "a body over 16 KiB",
        `{"phone_number":"${"1".repeat(20_000)}"}`,
        { "content-type": "application/json" },
        413,
        "body_too_large",
      ],
    ] as const) {
      it(`answers ${status} ${code} to ${what}`, async () => {
        const answer = await fixture.api.send("/v1/verifications", { method: "POST", body, headers });
        expect(answer.status).to.equal(status);
        expect(answer.json["code"]).to.equal(code);
      });
    }

    it("answers 404 off the paths, and 405 with Allow to another method", async () => {
      expect((await fixture.api.get("/nowhere")).status).to.equal(404);
      const answer = await fixture.api.get("/v1/verifications/result", { method: "PUT" });
      expect(answer.status).to.equal(405);
      expect(answer.headers.allow).to.equal("POST");
    });
  });

  describe("who may ask", () => {
    it("answers 401 without a key, with a wrong one, with a revoked one and with an expired one", async () => {
      const path = "/v1/verifications/result";
      const body = { id: "order-1.a_B" };
      const now = Date.now();
      const issue = (expiresAt: number | null): Promise<{ id: string; key: string }> =>
        fixture.store.write((db) =>
          insertApiKey(db, { clientId: "cli_acme", label: "", now: now - 1000, expiresAt }),
        );
      const expired = await issue(now - 1);
      const revoked = await issue(null);
      expect((await fixture.api.post(path, body, { key: revoked.key })).status).to.equal(200);
      await fixture.store.write((db) => revokeApiKey(db, revoked.id, now));
      for (const key of [null, "wrong", `${fixture.api.key}x`, expired.key, revoked.key]) {
        const answer = await fixture.api.post(path, body, { key });
        expect(answer.status).to.equal(401);
        expect(answer.headers["www-authenticate"]).to.match(/^Bearer/);
        expect(answer.json["code"]).to.equal("unauthorized");
      }
    });

    for (const scheme of ["Bearer ", "Bearer   ", "bearer ", "BEARER  "]) {
      it(`takes the key after ${JSON.stringify(scheme)} (RFC 9110, 11.4)`, async () => {
        const headers = { authorization: `${scheme}${fixture.api.key}` };
        expect((await fixture.api.get("/v1/verifications", { key: null, headers })).status).to.equal(200);
      });
    }

    it("answers 404 for another client's id, as for one that never was", async () => {
      const other = await fixture.newClient("other");
      for (const id of ["order-1.a_B", "never-was"]) {
        const answer = await other.post("/v1/verifications/result", { id });
        expect(answer.status).to.equal(404);
        expect(answer.json["code"]).to.equal("verification_not_found");
      }
      expect(
        (await other.post("/v1/verifications", { phone_number: NUMBER, id: "order-1.a_B" })).status,
      ).to.equal(201);
    });
  });

  describe("the result", () => {
    it("is the same by POST and by GET", async () => {
      const byPost = await fixture.api.post("/v1/verifications/result", { id: "twice" });
      const byForm = await fixture.api.postForm("/v1/verifications/result", { id: "twice" });
      const byGet = await fixture.api.get("/v1/verifications/twice");
      expect(byPost.status).to.equal(200);
      expect(byPost.json).to.include({ id: "twice", status: "pending" });
      expect(byGet.json).to.deep.equal(byPost.json);
      expect(byForm.json).to.deep.equal(byPost.json);
    });

    for (const id of ["...", ".result", "results", "Result"]) {
      it(`is found at its path by the id ${id}`, async () => {
        expect((await fixture.api.post("/v1/verifications", { phone_number: NUMBER, id })).status).to.equal(
          201,
        );
        expect((await fixture.api.get(`/v1/verifications/${id}`)).json).to.include({ id });
      });
    }
  });

  itOnSqlite("answers 503 while another program holds the database, and stores again after it", async () => {
    const other = new BetterSqlite(path.join(fixture.dataDir, "honnin.db"));
    const register = (): Promise<Answer> => fixture.api.post("/v1/verifications", { phone_number: NUMBER });
    other.exec("begin immediate");
    try {
      for (const answer of await Promise.all([register(), register(), register()])) {
        expect(answer.status).to.equal(503);
        expect(answer.json).to.include({ code: "service_unavailable" });
      }
    } finally {
      other.close();
    }
    expect((await register()).status).to.equal(201);
  });

  it("describes itself without a key, as OpenAPI 3.1", async () => {
    const { status, json } = await fixture.api.get("/openapi.json", { key: null });
    expect(status).to.equal(200);
    expect(json).to.include({ openapi: "3.1.0" });
    expect(Object.keys(json["paths"] as object)).to.include.members([
      "/v1/verifications",
      "/v1/verifications/result",
      "/v1/verifications/{id}",
      "/v1/verifications/{id}/cancel",
      "/v1/usage",
    ]);
  });

  it("sends the headers that keep browsers and caches from harm", async () => {
    const { headers } = await fixture.api.get("/v1/verifications/twice");
    expect(headers["cache-control"]).to.equal("no-store");
    expect(headers["x-content-type-options"]).to.equal("nosniff");
    expect(headers["strict-transport-security"]).to.be.a("string");
    expect(headers["content-security-policy"]).to.include("default-src 'none'");
    expect(headers).to.not.have.property("x-powered-by");
  });

  it("logs no code, no key and no number", () => {
    expect(fixture.logged()).to.not.match(/9012345678|honnin_[A-Za-z0-9]/);
  });
});

import { expect } from "chai";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import type { Answer } from "../support/https-client.js";

const NUMBER = "09012345678";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("the life cycle over the API", () => {
  let fixture: ApiFixture;
  let now: number;
  const register = (body: Record<string, unknown> = {}, key?: string): Promise<Answer> =>
    fixture.api.post(
      "/v1/verifications",
      { phone_number: NUMBER, ...body },
      key === undefined ? {} : { headers: { "idempotency-key": key } },
    );
  const list = async (query: string): Promise<{ ids: string[]; next: string | null; answer: Answer }> => {
    const answer = await fixture.api.get(`/v1/verifications${query}`);
    const data = (answer.json["data"] ?? []) as { id: string }[];
    return { ids: data.map((one) => one.id), next: answer.json["next_cursor"] as string | null, answer };
  };

  beforeEach(async () => {
    now = Date.now();
    fixture = await startApi(() => now);
  });
  afterEach(() => fixture.stop());

  describe("canceling", () => {
    it("ends an open verification as canceled", async () => {
      await register({ id: "a" });
      const answer = await fixture.api.post("/v1/verifications/a/cancel", {});
      expect(answer.status).to.equal(200);
      expect(answer.json).to.include({ id: "a", status: "canceled", reason: null });
      expect(answer.json["completed_at"]).to.be.a("string");
    });

    it("needs no body", async () => {
      await register({ id: "a" });
      expect((await fixture.api.send("/v1/verifications/a/cancel", { method: "POST" })).status).to.equal(200);
    });

    it("answers 409 verification_ended after the end, and 404 for what is not one's own", async () => {
      await register({ id: "a" });
      await fixture.api.post("/v1/verifications/a/cancel", {});
      const again = await fixture.api.post("/v1/verifications/a/cancel", {});
      expect(again.status).to.equal(409);
      expect(again.json["code"]).to.equal("verification_ended");
      const other = await fixture.newClient("other");
      expect((await other.post("/v1/verifications/a/cancel", {})).status).to.equal(404);
    });
  });

  describe("listing", () => {
    it("gives the newest first, page by page, each once, while others are registered", async () => {
      for (let i = 0; i < 7; i++) await register({ id: `v${i}` });
      const first = await list("?limit=3");
      expect(first.ids).to.deep.equal(["v6", "v5", "v4"]);
      await register({ id: "late" });
      const second = await list(`?limit=3&cursor=${String(first.next)}`);
      expect(second.ids).to.deep.equal(["v3", "v2", "v1"]);
      const third = await list(`?limit=3&cursor=${String(second.next)}`);
      expect(third.ids).to.deep.equal(["v0"]);
      expect(third.next).to.equal(null);
    });

    it("filters by status, by number in any spelling and by time", async () => {
      await register({ id: "a" });
      await register({ id: "b", phone_number: "0312345678" });
      await fixture.api.post("/v1/verifications/a/cancel", {});
      expect((await list("?status=canceled")).ids).to.deep.equal(["a"]);
      expect((await list("?phone_number=03-1234-5678")).ids).to.deep.equal(["b"]);
      expect((await list("?created_after=2020-01-01T00:00:00Z")).ids).to.have.length(2);
      expect((await list("?created_after=2999-01-01T00:00:00%2B09:00")).ids).to.have.length(0);
    });

    it("filters by status and time together, page by page", async () => {
      const start = now;
      for (let i = 0; i < 12; i++) {
        now = start + i * HOUR;
        await register({ id: `v${i}` });
        if (i % 2 === 0) await fixture.api.post(`/v1/verifications/v${i}/cancel`, {});
      }
      const after = `created_after=${new Date(start + 3 * HOUR).toISOString()}`;
      for (const [status, newest, oldest] of [
        ["canceled", ["v10", "v8", "v6"], ["v4"]],
        ["pending", ["v11", "v9", "v7"], ["v5"]],
      ] as const) {
        const first = await list(`?status=${status}&${after}&limit=3`);
        expect(first.ids).to.deep.equal(newest);
        const second = await list(`?status=${status}&${after}&limit=3&cursor=${String(first.next)}`);
        expect(second.ids).to.deep.equal(oldest);
        expect(second.next).to.equal(null);
      }
      expect((await list(`?${after}`)).ids).to.have.length(8);
    });

    it("filters by time also what a clock that was set back has put out of order", async () => {
      const start = now;
      for (const minutes of [-120, 0, 30, -20, 10]) {
        now = start + minutes * MINUTE;
        await register({ id: `at${minutes}` });
      }
      const after = async (minutes: number): Promise<string[]> =>
        (await list(`?created_after=${new Date(start + minutes * MINUTE).toISOString()}`)).ids;
      expect(await after(20)).to.deep.equal(["at30"]);
      expect(await after(-1)).to.deep.equal(["at10", "at30", "at0"]);
    });

    it("gives cursors that tell nothing of how many there are", async () => {
      for (let i = 0; i < 3; i++) await register({ id: `v${i}` });
      const [first, again] = [await list("?limit=1"), await list("?limit=1")];
      expect(first.next).to.not.equal(again.next);
      for (const { next } of [first, again]) {
        expect(Buffer.from(String(next), "base64url").toString("latin1")).to.not.match(/^(v1:)?\d+$/);
        expect((await list(`?limit=1&cursor=${String(next)}`)).ids).to.deep.equal(["v1"]);
      }
    });

    it("answers 400 to a cursor that was altered", async () => {
      for (let i = 0; i < 2; i++) await register({ id: `v${i}` });
      const given = Buffer.from(String((await list("?limit=1")).next), "base64url");
      for (let at = 0; at < given.length; at++) {
        const altered = Buffer.from(given);
        altered[at]! ^= 1;
        const { answer } = await list(`?cursor=${altered.toString("base64url")}`);
        expect(answer.status).to.equal(400);
        expect(answer.json["errors"]).to.have.nested.property("[0].field", "cursor");
      }
    });

    it("shows a client its own only", async () => {
      await register({ id: "mine" });
      const other = await fixture.newClient("other");
      expect((await other.get("/v1/verifications")).json["data"]).to.deep.equal([]);
    });

    for (const query of [
      "?limit=0",
      "?limit=101",
      "?limit=x",
      "?status=open",
      "?cursor=x",
      "?cursor=",
      "?cursor=djE6LTE",
      "?cursor=djE6OTk5",
      "?created_after=yesterday",
      "?phone_number=abc",
      "?page=2",
    ]) {
      it(`answers 400 naming the field to ${query}`, async () => {
        const { answer } = await list(query);
        expect(answer.status).to.equal(400);
        const [error] = answer.json["errors"] as { field: string }[];
        expect(query).to.include(error?.field);
      });
    }
  });

  describe("an Idempotency-Key", () => {
    it("gives the first answer again, code included, and makes one verification", async () => {
      const first = await register({}, "key-1");
      const again = await register({}, "key-1");
      expect(first.status).to.equal(201);
      expect(again.status).to.equal(201);
      expect(again.json).to.deep.equal(first.json);
      expect(again.headers.location).to.equal(first.headers.location);
      expect((await list("")).ids).to.have.length(1);
    });

    it("answers 422 when it comes with another body", async () => {
      await register({}, "key-1");
      const other = await register({ locale: "en" }, "key-1");
      expect(other.status).to.equal(422);
      expect(other.json["code"]).to.equal("idempotency_key_reused");
    });

    it("is remembered too where it came with a repeated id, and gets that answer again", async () => {
      await register({ id: "a" });
      now += MINUTE;
      await fixture.api.post("/v1/verifications/a/cancel", {});
      const first = await register({ id: "a" }, "key-1");
      expect(first.status).to.equal(200);
      const again = await register({ id: "a" }, "key-1");
      expect(again.status).to.equal(200);
      expect(again.json).to.deep.equal(first.json);
      const other = await register({ id: "b" }, "key-1");
      expect(other.status).to.equal(422);
      expect(other.json["code"]).to.equal("idempotency_key_reused");
      expect((await list("")).ids).to.deep.equal(["a"]);
    });

    it("makes one verification of 100 requests at once; the others get it too or 409", async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => register({}, "burst")));
      const statuses = new Set(answers.map((answer) => answer.status));
      expect([...statuses].every((status) => status === 201 || status === 409)).to.equal(true);
      const ids = answers.filter(({ status }) => status === 201).map(({ json }) => json["id"]);
      expect(new Set(ids).size).to.equal(1);
      expect((await list("")).ids).to.have.length(1);
    });

    it("is not used up by a refused request", async () => {
      expect((await register({ locale: "fr" }, "key-1")).status).to.equal(400);
      expect((await register({}, "key-1")).status).to.equal(201);
    });

    it("is each client's own", async () => {
      await register({}, "key-1");
      const other = await fixture.newClient("other");
      const body = { phone_number: NUMBER, locale: "en" };
      const answer = await other.post("/v1/verifications", body, { headers: { "idempotency-key": "key-1" } });
      expect(answer.status).to.equal(201);
    });

    it("must be a key", async () => {
      const answer = await register({}, "two words");
      expect(answer.status).to.equal(400);
      expect((answer.json["errors"] as { field: string }[])[0]?.field).to.equal("Idempotency-Key");
    });
  });
});

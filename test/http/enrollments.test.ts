import { expect } from "chai";
import { ENROLLED } from "../../src/http/openapi/examples.js";
import { markEnrollmentUsed } from "../../src/store/enrollments.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import type { Answer } from "../support/https-client.js";

const NUMBER = "090-1234-5678";
const PIN = "271828";
const NOW = 1_800_000_000_000;
const at = (ms: number): string => new Date(NOW + ms).toISOString();

describe("the API of standing enrollments", () => {
  let fixture: ApiFixture;
  let now = NOW;
  before(async () => {
    fixture = await startApi(() => now);
  });
  after(() => fixture.stop());

  const post = (body: Readonly<Record<string, unknown>>, headers = {}): Promise<Answer> =>
    fixture.api.post("/v1/enrollments", { phone_number: NUMBER, ...body }, { headers });
  const remove = (id: string, api = fixture.api): Promise<Answer> =>
    api.send(`/v1/enrollments/${id}`, { method: "DELETE" });
  const rows = async (): Promise<number> =>
    (await fixture.store.read.selectFrom("enrollments").select("seq").execute()).length;

  it("answers 201 with what was enrolled, and an id where none was sent", async () => {
    const { status, json, headers } = await post({});
    expect(status).to.equal(201);
    const { id } = json;
    expect(id).to.match(/^enr_/);
    expect(headers.location).to.equal(`/v1/enrollments/${String(id)}`);
    expect(json).to.deep.equal({ ...ENROLLED, id, created_at: at(0) });
    expect((await fixture.api.get(`/v1/enrollments/${String(id)}`)).json).to.deep.equal(json);
  });

  it("keeps all that was sent, spells numbers one way, and never returns or logs the PIN", async () => {
    const { status, json, text } = await post({
      id: "member-7",
      dids: ["03-1234-0001", "+81312340001"],
      pin: PIN,
      expires_at: "2030-01-01T09:00:00+09:00",
      locale: "en",
      metadata: { member: "7" },
    });
    expect(status).to.equal(201);
    expect(json).to.include({ id: "member-7", has_pin: true, locale: "en" });
    expect(json).to.include({ expires_at: "2030-01-01T00:00:00.000Z" });
    expect(json["dids"]).to.deep.equal(["+81312340001"]);
    expect(json["metadata"]).to.deep.equal({ member: "7" });
    const list = await fixture.api.get("/v1/enrollments");
    for (const seen of [text, list.text, fixture.logged()]) expect(seen).to.not.include(PIN);
  });

  it("keeps the PIN as a hash bound to its enrollment, and the number enciphered", async () => {
    await post({ id: "pin-1", pin: PIN });
    await post({ id: "pin-2", pin: PIN });
    const stored = await fixture.store.read.selectFrom("enrollments").selectAll().execute();
    const hashes = stored.filter((row) => row.id.startsWith("pin-")).map((row) => row.pin_hash);
    expect(hashes.map((hash) => hash?.length)).to.deep.equal([32, 32]);
    expect(hashes[0]).to.not.deep.equal(hashes[1]);
    for (const value of stored.flatMap((row) => Object.values(row))) {
      expect(Buffer.isBuffer(value) ? value.toString("latin1") : String(value)).to.not.match(
        /271828|9012345678/,
      );
    }
  });

  it("takes a form, with several DIDs as repeated fields or comma-separated", async () => {
    const form = async (fields: [string, string][]): Promise<Answer> =>
      fixture.api.send("/v1/enrollments", {
        method: "POST",
        body: new URLSearchParams([["phone_number", NUMBER], ...fields]).toString(),
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
    const [one, two] = ["+81312340000", "+81312340001"];
    for (const fields of [
      [["dids", "0312340000,0312340001"]],
      [
        ["dids", "0312340000"],
        ["dids", "0312340001"],
      ],
      [
        ["dids[]", "0312340000"],
        ["dids[]", "0312340001"],
      ],
    ] as [string, string][][]) {
      const { status, json } = await form([...fields, ["pin", "4711"], ["metadata[member]", "7"]]);
      expect(status).to.equal(201);
      expect(json).to.include({ has_pin: true });
      expect(json["dids"]).to.deep.equal([one, two]);
      expect(json["metadata"]).to.deep.equal({ member: "7" });
    }
    expect((await form([["dids", "0312340000"]])).json["dids"]).to.deep.equal([one]);
  });

  it("answers 200 when the same is sent again under its own id, and 409 for other content", async () => {
    const body = { id: "twice", pin: PIN, dids: ["0312340001", "0312340000"], metadata: { a: "1", b: "2" } };
    expect((await post(body)).status).to.equal(201);
    const again = await post({
      ...body,
      phone_number: "+81 90 1234 5678",
      dids: ["0312340000", "+81312340001"],
      metadata: { b: "2", a: "1" },
    });
    expect(again.status).to.equal(200);
    for (const other of [
      { pin: "1234" },
      { pin: undefined },
      { dids: undefined },
      { locale: "en" },
      { expires_at: at(60_000) },
      { phone_number: "090-8765-4321" },
    ]) {
      const { status, json } = await post({ ...body, ...other });
      expect(status, JSON.stringify(other)).to.equal(409);
      expect(json).to.include({ code: "id_conflict" });
    }
  });

  it("takes the same number as often as one likes", async () => {
    expect((await post({ id: "shared-1" })).status).to.equal(201);
    expect((await post({ id: "shared-2" })).status).to.equal(201);
  });

  it("gives the first answer again to the same Idempotency-Key, and enrolls nothing anew after a deletion", async () => {
    const headers = { "idempotency-key": "enroll-once" };
    const first = await post({}, headers);
    const id = String(first.json["id"]);
    await fixture.store.write((db) => markEnrollmentUsed(db, "cli_acme", id, NOW));
    const before = await rows();
    const again = await post({}, headers);
    expect(again.status).to.equal(201);
    expect(again.json).to.deep.equal(first.json);
    expect((await post({ locale: "en" }, headers)).json).to.include({ code: "idempotency_key_reused" });
    const elsewhere = await fixture.api.post("/v1/verifications", { phone_number: NUMBER }, { headers });
    expect(elsewhere.json).to.include({ code: "idempotency_key_reused" });
    expect(await rows()).to.equal(before);
    await remove(id);
    const late = await post({}, headers);
    expect(late.status).to.equal(404);
    expect(late.json).to.include({ code: "enrollment_not_found" });
    expect(await rows()).to.equal(before - 1);
  });

  it("remembers an Idempotency-Key that came with a repeated id", async () => {
    const headers = { "idempotency-key": "enroll-again" };
    await post({ id: "again" });
    now += 1000;
    for (let i = 0; i < 2; i++) expect((await post({ id: "again" }, headers)).status).to.equal(200);
    const { status, json } = await post({ id: "another" }, headers);
    expect(status).to.equal(422);
    expect(json).to.include({ code: "idempotency_key_reused" });
    expect((await fixture.api.get("/v1/enrollments/another")).status).to.equal(404);
  });

  it("refuses the Idempotency-Key of a verification", async () => {
    const headers = { "idempotency-key": "verified-once" };
    const body = { phone_number: NUMBER, id: "keyed", direction: "inbound" };
    expect((await fixture.api.post("/v1/verifications", body, { headers })).status).to.equal(201);
    const { status, json } = await post({}, headers);
    expect(status).to.equal(422);
    expect(json).to.include({ code: "idempotency_key_reused" });
  });

  it("deletes: 204, then 404, and the id is free again", async () => {
    await post({ id: "leaver" });
    const gone = await remove("leaver");
    expect(gone.status).to.equal(204);
    expect(gone.text).to.equal("");
    for (const answer of [await remove("leaver"), await fixture.api.get("/v1/enrollments/leaver")]) {
      expect(answer.status).to.equal(404);
      expect(answer.json).to.include({ code: "enrollment_not_found" });
    }
    expect((await post({ id: "leaver", pin: PIN })).status).to.equal(201);
  });

  it("lists a client's own, newest first, by number and page by page", async () => {
    const api = await fixture.newClient("lister");
    for (const [id, phone_number] of [
      ["a", "0312345678"],
      ["b", NUMBER],
      ["c", "0312345678"],
    ]) {
      await api.post("/v1/enrollments", { id, phone_number });
    }
    const ids = (answer: Answer): string[] => (answer.json["data"] as { id: string }[]).map(({ id }) => id);
    const all = await api.get("/v1/enrollments");
    expect(ids(all)).to.deep.equal(["c", "b", "a"]);
    expect(all.json["next_cursor"]).to.equal(null);
    expect(ids(await api.get("/v1/enrollments?phone_number=03-1234-5678"))).to.deep.equal(["c", "a"]);
    const first = await api.get("/v1/enrollments?limit=2");
    expect(ids(first)).to.deep.equal(["c", "b"]);
    const rest = await api.get(`/v1/enrollments?limit=2&cursor=${String(first.json["next_cursor"])}`);
    expect(ids(rest)).to.deep.equal(["a"]);
    const again = await api.get("/v1/enrollments?limit=2");
    expect(again.json["next_cursor"], "sealed").to.not.equal(first.json["next_cursor"]);
    for (const query of ["phone_number=x", "cursor=x", "cursor=djE6OTk5", "limit=0", "status=pending"]) {
      expect((await api.get(`/v1/enrollments?${query}`)).status, query).to.equal(400);
    }
  });

  it("shows one client nothing of another's", async () => {
    await post({ id: "acme-only" });
    const other = await fixture.newClient("other");
    expect((await other.get("/v1/enrollments/acme-only")).status).to.equal(404);
    expect((await remove("acme-only", other)).status).to.equal(404);
    expect((await other.get("/v1/enrollments")).json["data"]).to.deep.equal([]);
    expect((await other.post("/v1/enrollments", { id: "acme-only", phone_number: NUMBER })).status).to.equal(
      201,
    );
    expect((await fixture.api.get("/v1/enrollments/acme-only")).status).to.equal(200);
    expect((await fixture.api.get("/v1/enrollments", { key: null })).status).to.equal(401);
  });

  it("shows a verification made by no enrollment with enrollment_id null", async () => {
    const { json } = await fixture.api.post("/v1/verifications", { phone_number: NUMBER });
    expect(json).to.include({ enrollment_id: null });
  });

  const wrong: readonly (readonly [fields: string[], body: Record<string, unknown>])[] = [
    [["phone_number"], { phone_number: undefined }],
    [["phone_number"], { phone_number: "0120-123-456" }],
    [["phone_number"], { phone_number: "110" }],
    [["phone_number"], { phone_number: "18409012345678" }],
    [["phone_number"], { phone_number: "09012" }],
    [["id"], { id: "a/b" }],
    [["id"], { id: "." }],
    [["id"], { id: ".." }],
    [["id"], { id: "result" }],
    [["dids"], { dids: [] }],
    [["dids"], { dids: {} }],
    [["dids"], { dids: null }],
    [["dids.0"], { dids: [312340000] }],
    [["dids.1"], { dids: ["0312340000", "0399990000"] }],
    [["dids"], { dids: Array.from({ length: 101 }, () => "0312340000") }],
    [["pin"], { pin: "123" }],
    [["pin"], { pin: "12345678901" }],
    [["pin"], { pin: 1234 }],
    [["expires_at"], { expires_at: at(0) }],
    [["expires_at"], { expires_at: "2030-02-30T00:00:00Z" }],
    [["expires_at"], { expires_at: "tomorrow" }],
    [["expires_at"], { expires_at: 300 }],
    [["locale"], { locale: "fr" }],
    [["metadata.a"], { metadata: { a: 1 } }],
    [["code"], { code: "123456" }],
    [
      ["phone_number", "dids.0", "expires_at"],
      { phone_number: "0120123456", dids: ["1"], expires_at: at(-1) },
    ],
    [["pin", "locale"], { pin: "x", locale: "fr" }],
  ];
  for (const [fields, body] of wrong) {
    it(`refuses ${JSON.stringify(body).slice(0, 80)} naming ${fields.join(", ")}, and stores nothing`, async () => {
      const before = await rows();
      const { status, json } = await post(body);
      expect(status).to.equal(400);
      expect(json).to.include({ code: "invalid_request" });
      expect((json["errors"] as { field: string }[]).map((error) => error.field)).to.deep.equal(fields);
      expect(await rows()).to.equal(before);
    });
  }

  it("answers 405 with Allow to what is not offered: an enrollment is not changed, but made again", async () => {
    const answer = await fixture.api.send("/v1/enrollments/x", { method: "PATCH" });
    expect(answer.status).to.equal(405);
    expect(answer.headers.allow).to.equal("GET, DELETE");
  });

  it("answers 503 while no number at which calls arrive is configured", async () => {
    const without = await startApi(Date.now, []);
    try {
      const { status, json } = await without.api.post("/v1/enrollments", { phone_number: NUMBER });
      expect(status).to.equal(503);
      expect(json).to.include({ code: "service_unavailable" });
    } finally {
      await without.stop();
    }
  });
});

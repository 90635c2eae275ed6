import { expect } from "chai";
import { claimDids } from "../../src/store/client-dids.js";
import type { ClientSettings } from "../../src/clients/client-settings.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import type { Answer, HttpsClient } from "../support/https-client.js";

const NUMBER = "090-1234-5678";
const MINUTE_MS = 60_000;

describe("settings of a client, at registration", () => {
  let fixture: ApiFixture;
  let api: HttpsClient;
  let other: HttpsClient;
  let now = 1_800_000_000_000;

  beforeEach(async () => {
    fixture = await startApi(() => now);
    ({ api } = fixture);
    other = await fixture.newClient("other");
  });
  afterEach(() => fixture.stop());

  const set = (settings: Partial<ClientSettings>, client = "acme"): Promise<void> =>
    fixture.store.write((db) => changeClientSettings(db, `cli_${client}`, settings));
  const claim = (dids: readonly string[], client = "acme"): Promise<unknown> =>
    fixture.store.write((db) => claimDids(db, `cli_${client}`, dids));
  const post = (
    body: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
    client = api,
  ): Promise<Answer> => client.post("/v1/verifications", { phone_number: NUMBER, ...body }, { headers });
  const fields = ({ json }: Answer): string[] =>
    ((json["errors"] ?? []) as { field: string }[]).map(({ field }) => field);
  const stored = async (): Promise<number> =>
    (await fixture.store.read.selectFrom("verifications").select("seq").execute()).length;

  it("refuses what it may not use with 403, naming it, from the next request on, and stores nothing", async () => {
    expect((await post({ direction: "inbound", method: "caller_id" })).status).to.equal(201);
    await set({ methods: ["keypad"], directions: ["inbound"] });
    const method = await post({ direction: "inbound", method: "caller_id" });
    expect([method.status, method.json["code"], fields(method)]).to.deep.equal([
      403,
      "not_permitted",
      ["method"],
    ]);
    const direction = await post();
    expect([direction.status, direction.json["code"], fields(direction)]).to.deep.equal([
      403,
      "not_permitted",
      ["direction"],
    ]);
    expect(await stored()).to.equal(1);
    expect((await post({ direction: "inbound" })).status).to.equal(201);
    expect((await post({}, {}, other)).status, "another's settings are its own").to.equal(201);
  });

  it("fills in its language, and takes a request that names the same language for the same", async () => {
    await set({ locale: "en" });
    expect((await post({ id: "one", code: "1234" })).json).to.include({ locale: "en" });
    expect((await post({ id: "one", code: "1234", locale: "en" })).status).to.equal(200);
    expect((await post({ locale: "ja" })).json).to.include({ locale: "ja" });
    await set({ locale: "ja" });
    const changed = await post({ id: "one", code: "1234" });
    expect([changed.status, changed.json["code"]]).to.deep.equal([409, "id_conflict"]);
  });

  it("takes its first own DID by default, else the first unclaimed, and none of another's", async () => {
    const inbound = (did?: string, client = api): Promise<Answer> =>
      post({ direction: "inbound", did }, {}, client);
    expect((await inbound()).json).to.include({ call_to: "+81312340000" });
    await claim(["+81312340001"]);
    expect((await inbound()).json).to.include({ call_to: "+81312340001" });
    expect((await inbound("03-1234-0000")).json).to.include({ call_to: "+81312340000" });
    expect((await inbound(undefined, other)).json).to.include({ call_to: "+81312340000" });
    const anothers = await inbound("0312340001", other);
    const nobodys = await inbound("0399990000", other);
    expect([anothers.status, fields(anothers)]).to.deep.equal([400, ["did"]]);
    expect(anothers.text, "told apart from one that is not ours").to.equal(nobodys.text);
  });

  it("holds enrollments against them too: method, direction, language, DIDs", async () => {
    const enroll = (body: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
      api.post("/v1/enrollments", { phone_number: NUMBER, ...body });
    await set({ methods: ["keypad"], locale: "en" });
    const plain = await enroll();
    expect([plain.status, plain.json["code"], fields(plain)]).to.deep.equal([403, "not_permitted", ["pin"]]);
    expect((await enroll({ pin: "8265" })).json).to.include({ locale: "en" });
    await set({ directions: ["outbound"] });
    expect((await enroll({ pin: "8265" })).json).to.include({ code: "not_permitted" });
    await set({ directions: ["inbound"] });
    await claim(["+81312340000"], "other");
    expect(fields(await enroll({ pin: "8265", dids: ["+81312340000"] }))).to.deep.equal(["dids.0"]);
    expect((await enroll({ pin: "8265", dids: ["+81312340001"] })).status).to.equal(201);
  });

  it("answers 503 when others have claimed every DID", async () => {
    await claim(["+81312340000", "+81312340001"], "other");
    const { status, json } = await post({ direction: "inbound" });
    expect([status, json["code"]]).to.deep.equal([503, "service_unavailable"]);
  });

  it("lets it call numbers against the rule, beside those that all may call", async () => {
    const london = { phone_number: "+44 20 7946 0958" };
    expect((await post(london)).json).to.include({ code: "number_not_allowed" });
    await set({ outbound_allow: ["+4420"] });
    expect((await post(london)).status).to.equal(201);
    expect((await post({ phone_number: "+1 415 555 2671" })).status).to.equal(201);
    expect((await post(london, {}, other)).json).to.include({ code: "number_not_allowed" });
  });

  it("accepts its keys from its own addresses only, on every path", async () => {
    await set({ ip_allow: ["192.0.2.0/24", "2001:db8::/32"] });
    for (const path of ["/v1/verifications", "/v1/verifications/x", "/v1/usage", "/v1/events"]) {
      const { status, json } = await api.get(path);
      expect([status, json["code"]], path).to.deep.equal([403, "address_not_allowed"]);
    }
    await set({ ip_allow: ["127.0.0.0/8"] });
    expect((await api.get("/v1/usage")).status).to.equal(200);
  });

  it("counts registrations a minute: 429 with when to come again, and lets as many in as time gives back", async () => {
    await set({ max_registrations_per_minute: 3 });
    const [first, , third] = [await post(), await post(), await post()];
    expect(first.headers["ratelimit-policy"]).to.equal('"registrations";q=3;w=60');
    expect(first.headers["ratelimit"]).to.equal('"registrations";r=2;t=20');
    expect(third.headers["ratelimit"]).to.equal('"registrations";r=0;t=60');
    const refused = await post();
    expect([refused.status, refused.json["code"]]).to.deep.equal([429, "too_many_registrations"]);
    expect(refused.headers["retry-after"]).to.equal("20");
    expect(refused.headers["ratelimit"]).to.equal('"registrations";r=0;t=20');
    expect((await post({}, {}, other)).status, "another's are its own").to.equal(201);
    now += MINUTE_MS / 3;
    expect((await post()).status).to.equal(201);
    expect((await post()).status).to.equal(429);
    await set({ max_registrations_per_minute: null });
    expect((await post()).status).to.equal(201);
    expect(await stored()).to.equal(6);
  });

  it("counts enrollments with them, a repeated one not", async () => {
    await set({ max_registrations_per_minute: 2 });
    const enroll = (id: string): ReturnType<typeof api.post> =>
      api.post("/v1/enrollments", { id, phone_number: "090-1234-5678" });
    const first = await enroll("one");
    expect([first.status, first.headers["ratelimit"]]).to.deep.equal([201, '"registrations";r=1;t=30']);
    expect((await enroll("one")).status).to.equal(200);
    expect((await post()).status).to.equal(201);
    const refused = await enroll("two");
    expect([refused.status, refused.json["code"]]).to.deep.equal([429, "too_many_registrations"]);
    expect((await enroll("one")).status, "what is known is answered all the same").to.equal(200);
  });

  it("does not count a repeated id or Idempotency-Key, nor a refused request, as a registration", async () => {
    await set({ max_registrations_per_minute: 2 });
    for (let i = 0; i < 4; i++) {
      expect((await post({ id: "same", code: "1234" })).status).to.equal(i === 0 ? 201 : 200);
      expect((await post({ phone_number: "110" })).status).to.equal(422);
    }
    expect((await post({}, { "idempotency-key": "k" })).status).to.equal(201);
    expect((await post({ id: "one more" })).status).to.equal(400);
    expect((await post({ id: "one-more" })).status).to.equal(429);
    // Over the limit what is known is answered all the same.
    expect((await post({ id: "same", code: "1234" })).status).to.equal(200);
    expect((await post({}, { "idempotency-key": "k" })).status).to.equal(201);
  });

  it("counts the calls to one number in an hour, from the database, those that are still to be made too", async () => {
    await set({ max_calls_per_number_per_hour: 2 });
    const start = now;
    expect((await post({ id: "one", code: "1234" })).status).to.equal(201);
    now += MINUTE_MS;
    expect((await post({}, { "idempotency-key": "k" })).status).to.equal(201);
    const refused = await post();
    expect([refused.status, refused.json["code"], fields(refused)]).to.deep.equal([
      429,
      "too_many_calls_to_number",
      ["phone_number"],
    ]);
    // An hour after calls that are about to be made.
    expect(refused.headers["retry-after"]).to.equal("3600");
    expect(refused.headers["ratelimit-policy"]).to.equal('"calls-to-number";q=2;w=3600');
    expect(refused.headers["ratelimit"]).to.equal('"calls-to-number";r=0;t=3600');
    expect((await post({ id: "one", code: "1234" })).status, "a repeated id").to.equal(200);
    expect((await post({}, { "idempotency-key": "k" })).status, "a replay").to.equal(201);
    expect((await post({ phone_number: "09087654321" })).status, "another number").to.equal(201);
    expect((await post({ direction: "inbound" })).status, "nobody is called").to.equal(201);
    expect((await post({}, {}, other)).status, "a client with another limit").to.equal(201);
    now = start + 60 * MINUTE_MS;
    expect((await post()).status).to.equal(201);
  });

  it("does not run on settings that it does not understand", async () => {
    await fixture.store.write(async (db) => {
      await db
        .insertInto("client_settings")
        .values({ client_id: "cli_acme", settings: '{"max_cals":1}' })
        .execute();
    });
    expect((await post()).status).to.equal(500);
    expect(fixture.logged()).to.include("a client's stored settings are not understood");
  });
});

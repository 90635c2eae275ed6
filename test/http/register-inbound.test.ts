import { expect } from "chai";
import { type ApiFixture, startApi } from "../support/api-fixture.js";

const BODY = { phone_number: "090-1234-5678", direction: "inbound" };

describe("registering a call that is to come in", () => {
  let fixture: ApiFixture;
  before(async () => {
    fixture = await startApi();
  });
  after(() => fixture.stop());

  const post = (body: Readonly<Record<string, unknown>>): ReturnType<ApiFixture["api"]["post"]> =>
    fixture.api.post("/v1/verifications", { ...BODY, ...body });
  const rows = async (): Promise<number> =>
    (await fixture.store.read.selectFrom("verifications").select("seq").execute()).length;

  it("tells the number to call, the first when none is asked for, and issues a code", async () => {
    const { status, json } = await post({});
    expect(status).to.equal(201);
    expect(json).to.include({ status: "pending", method: "keypad", call_to: "+81312340000" });
    expect(json["code"]).to.match(/^\d{6}$/);
  });

  it("takes the asked-for number in any spelling", async () => {
    expect((await post({ did: "03-1234-0001" })).json).to.include({ call_to: "+81312340001" });
    expect((await post({ did: "+81312340001" })).json).to.include({ call_to: "+81312340001" });
  });

  it("takes the same request with another spelling of the DID for the same", async () => {
    expect((await post({ id: "same", code: "1234", did: "0312340001" })).status).to.equal(201);
    expect((await post({ id: "same", code: "1234", did: "+81312340001" })).status).to.equal(200);
    expect((await post({ id: "same", code: "1234", did: "0312340000" })).status).to.equal(409);
  });

  it("issues no code for caller_id, and is due for no call", async () => {
    const { status, json } = await post({ id: "by-number", method: "caller_id" });
    expect(status).to.equal(201);
    expect(json).to.not.have.property("code");
    const row = await fixture.store.read
      .selectFrom("verifications")
      .select(["next_attempt_at", "code_hash"])
      .where("id", "=", "by-number")
      .executeTakeFirstOrThrow();
    expect(row).to.deep.equal({ next_attempt_at: null, code_hash: null });
  });

  it("does not apply the rules for calling out: a foreign number may call", async () => {
    expect((await post({ phone_number: "+1 212 555 2671" })).status).to.equal(201);
  });

  for (const [field, body] of [
    ["did", { did: "0399990000" }],
    ["did", { did: "not a number" }],
    ["did", { direction: "outbound", did: "0312340000" }],
    ["method", { direction: "outbound", method: "caller_id" }],
    ["code", { method: "caller_id", code: "123456" }],
    ["phone_number", { phone_number: "0120-123-456" }],
    ["phone_number", { phone_number: "110" }],
    ["phone_number", { phone_number: "18409012345678" }],
    ["phone_number", { phone_number: "09012" }],
  ] as const) {
    it(`refuses ${JSON.stringify(body)} naming ${field}, and stores nothing`, async () => {
      const before = await rows();
      const { status, json } = await post(body);
      expect(status).to.equal(400);
      expect(json).to.include({ code: "invalid_request" });
      expect((json["errors"] as { field: string }[]).map((error) => error.field)).to.deep.equal([field]);
      expect(await rows()).to.equal(before);
    });
  }

  it("answers 503 while no number at which calls arrive is configured", async () => {
    const without = await startApi(Date.now, []);
    try {
      const { status, json } = await without.api.post("/v1/verifications", BODY);
      expect(status).to.equal(503);
      expect(json).to.include({ code: "service_unavailable" });
    } finally {
      await without.stop();
    }
  });
});

import { expect } from "chai";
import { listAudit } from "../../src/store/audit.js";
import { findClientByName } from "../../src/store/clients.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { ConsoleFixture, type Person } from "./console-fixture.js";

const NUMBER = "090-1234-5678";

describe("test calls from the console", () => {
  let fixture: ConsoleFixture;
  let operator: Person;

  beforeEach(async () => {
    fixture = await ConsoleFixture.start();
    operator = await fixture.person("suzuki", "operator");
  });
  afterEach(() => fixture.stop());

  const place = async (body: unknown = { phone_number: NUMBER }): Promise<[number, unknown, unknown]> => {
    const { status, json } = await operator.browser.post("/api/test-calls", body);
    return [status, json["code"], json["seconds"]];
  };
  const limit = async (settings: Readonly<Record<string, unknown>>): Promise<void> => {
    const client = await findClientByName(fixture.store.read, "console");
    await fixture.store.write((db) => changeClientSettings(db, client?.id ?? "", settings));
  };
  const placed = async (): Promise<number> =>
    (await listAudit(fixture.store.read, { limit: 100 })).filter(({ act }) => act === "testcall.placed")
      .length;

  it("are verifications of the client console, which is made with the first", async () => {
    const { status, json } = await operator.browser.post("/api/test-calls", { phone_number: NUMBER });
    expect(status).to.equal(201);
    expect(json["number"]).to.equal("+81********78");
    expect(json["code"]).to.match(/^\d{6}$/);
    await place();
    const rows = await fixture.store.read
      .selectFrom("verifications")
      .innerJoin("clients", "clients.id", "client_id")
      .select(["clients.name", "method", "direction", "verifications.id"])
      .execute();
    expect(rows.map(({ name, method, direction }) => `${name} ${method} ${direction}`)).to.deep.equal(
      Array(2).fill("console keypad outbound"),
    );
    const clients = await fixture.store.read.selectFrom("clients").select("name").execute();
    expect(clients).to.deep.equal([{ name: "console" }]);
    const [, first] = await listAudit(fixture.store.read, { limit: 2 });
    expect(first).to.include({ act: "testcall.placed", actor: "suzuki", target: json["verification_id"] });
    expect(JSON.stringify(first)).not.to.include("12345678").and.not.to.include(String(json["code"]));
    expect(fixture.logged()).not.to.include("12345678").and.not.to.include(String(json["code"]));
  });

  it("go to test phones by their extension; their numbers are masked", async () => {
    const { json } = await operator.browser.get("/api/test-calls");
    expect(json).to.deep.equal({ test_phones: [{ extension: "6001", number: "+81********00" }] });
    expect((await place({ test_phone: "6001" }))[0]).to.equal(201);
    expect((await place({ test_phone: "6002" })).slice(0, 2)).to.deep.equal([400, "invalid_request"]);
  });

  it("are refused to a viewer, and without a session", async () => {
    const { browser } = await fixture.person("sato", "viewer");
    const stranger = fixture.newBrowser();
    const answers = [
      await browser.get("/api/test-calls"),
      await browser.post("/api/test-calls", { phone_number: NUMBER }),
      await stranger.get("/api/test-calls"),
      await stranger.post("/api/test-calls", { phone_number: NUMBER }),
    ];
    expect(answers.map(({ json }) => json["code"])).to.deep.equal([
      ...["forbidden", "forbidden", "not_signed_in", "not_signed_in"],
    ]);
    expect(await placed()).to.equal(0);
  });

  it("are refused to other sites", async () => {
    const { json } = await operator.browser.ask(
      ...(["POST", "/api/test-calls", { phone_number: NUMBER }, { origin: "https://evil.example" }] as const),
    );
    expect(json["code"]).to.equal("cross_site");
  });

  for (const [what, body, code] of [
    ["nothing", {}, "invalid_request"],
    ["both", { phone_number: NUMBER, test_phone: "6001" }, "invalid_request"],
    ["no number", { phone_number: "hello" }, "invalid_request"],
    ["a number of another country", { phone_number: "+14155550100" }, "number_not_allowed"],
    ["a special number", { phone_number: "0570-000-000" }, "number_not_allowed"],
    ["an unknown field", { phone_number: NUMBER, code: "1234" }, "invalid_request"],
  ] as const) {
    it(`are refused for ${what}`, async () => {
      expect((await place(body))[1]).to.equal(code);
      expect(await placed()).to.equal(0);
    });
  }

  for (const [settings, status, code] of [
    [{ max_calls_per_number_per_hour: 1 }, 429, "too_many_calls_to_number"],
    [{ max_calls_per_block_per_hour: 1 }, 429, "too_many_calls_to_prefix"],
    [{ max_registrations_per_minute: 1 }, 429, "too_many_registrations"],
    [{ max_registrations_per_day: 1 }, 429, "too_many_registrations"],
    [{ budget_yen_per_day: 1 }, 422, "budget_exhausted"],
    [{ methods: ["spoken"] }, 403, "not_permitted"],
  ] as const) {
    it(`are bounded as all clients' are: ${JSON.stringify(settings)}`, async () => {
      expect((await place())[0]).to.equal(201);
      await limit(settings);
      let answer = await place();
      // A bucket of a minute is made with the limit that it is for.
      if (answer[0] === 201) answer = await place();
      expect(answer.slice(0, 2)).to.deep.equal([status, code]);
      if (status === 429) expect(answer[2]).to.be.greaterThan(0);
    });
  }
});

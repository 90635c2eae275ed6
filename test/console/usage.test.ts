import { parse } from "csv-parse/sync";
import { expect } from "chai";
import type { Usage } from "../../src/console/contract/usage.js";
import { count } from "../../src/store/counters.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { ConsoleFixture, type Person } from "./console-fixture.js";
import { insertCall, insertClients } from "./stored-calls.js";

/** In Japan. */
const at = (time: string): number => Date.parse(`${time}+09:00`);
const CALL = { begins: 0, answered: 1_000, ends: 21_000 };

describe("usage of the console", () => {
  let fixture: ConsoleFixture;
  let sato: Person;

  beforeEach(async () => {
    fixture = await ConsoleFixture.start();
    // The tenth day of thirty is over.
    fixture.now = at("2026-11-11T00:00:00");
    sato = await fixture.person("sato", "viewer");
    await insertClients(fixture.store, "acme", "=1+1");
  });
  afterEach(() => fixture.stop());

  const ask = async (query = ""): Promise<Usage> => {
    const { status, json } = await sato.browser.get(`/api/usage${query}`);
    expect(status, JSON.stringify(json)).to.equal(200);
    return json as unknown as Usage;
  };

  it("shows what each client used in the month of Japan and what it is charged, by the tariff in force", async () => {
    const { store } = fixture;
    await insertCall(store, { at: at("2026-11-01T00:00:00"), call: CALL });
    await insertCall(store, { at: at("2026-10-31T23:59:00"), call: CALL });
    await insertCall(store, { at: at("2026-11-05T12:00:00"), client: "cli_=1+1", direction: "inbound" });
    const usage = await ask();
    expect([usage.month, usage.current_month, usage.total]).to.deep.equal(["2026-11", "2026-11", 210_000]);
    expect(usage.tariff.outbound.per_unit).to.deep.equal({ fixed: 21, mobile: 32, ip: 21, unknown: 32 });
    expect(usage.clients.map(({ name, statement }) => [name, statement.total])).to.deep.equal([
      ["acme", 60_000],
      ["=1+1", 150_000],
    ]);
    expect(
      usage.clients[0]?.statement.lines.map(({ item, units, seconds }) => [item, units, seconds]),
    ).to.deep.equal([
      ["base", 1, null],
      ["included", 1, 20],
    ]);
    const october = await ask("?month=2026-10");
    expect([october.month, october.total, october.projected_total, october.budgets]).to.deep.equal([
      ...["2026-10", 60_000, null, []],
    ]);
  });

  it("projects the month by the days that have passed: what is still included costs nothing more", async () => {
    for (let nth = 0; nth < 4; nth += 1) {
      await insertCall(fixture.store, { at: at("2026-11-05T12:00:00") + nth, call: CALL });
    }
    const { projected_total, clients, tariff } = await ask();
    expect([projected_total, clients.map((client) => client.projected_total)]).to.deep.equal([
      60_000,
      [60_000, 0],
    ]);
    expect(tariff.outbound.included).to.equal(1_000);
    fixture.now = at("2026-11-01T23:59:59");
    expect((await ask()).projected_total).to.equal(null);
  });

  it("shows how much of each budget is spent, of all and of each client, today and this month", async () => {
    await fixture.store.write(async (db) => {
      await changeClientSettings(db, "cli_acme", { budget_yen_per_month: 500 });
      await count(db, { scope: "spent/", period: "2026-11" }, 30_500, null);
      await count(db, { scope: "spent/", period: "2026-11-11" }, 1_000, null);
      await count(db, { scope: "spent/cli_acme", period: "2026-11" }, 30_000, null);
      await count(db, { scope: "spent/cli_acme", period: "2026-11-10" }, 9_000, null);
    });
    const rows = (await ask()).budgets.map(({ client, period, budget, spent, projected }) => [
      ...[client?.name ?? null, period, budget, spent, projected],
    ]);
    expect(rows).to.deep.equal([
      [null, "day", 100_000, 1, null],
      [null, "month", 1_000_000, 30.5, 92],
      ["acme", "day", null, 0, null],
      ["acme", "month", 500, 30, 90],
      ["=1+1", "day", null, 0, null],
      ["=1+1", "month", null, 0, 0],
    ]);
  });

  it("gives the month as a file for Excel, in which no cell is run", async () => {
    await insertCall(fixture.store, { at: at("2026-11-05T12:00:00"), client: "cli_=1+1", call: CALL });
    const { status, headers, text } = await sato.browser.get("/api/usage.csv?month=2026-11");
    expect([status, headers["content-type"]]).to.deep.equal([200, "text/csv; charset=utf-8"]);
    expect(headers["content-disposition"]).to.equal("attachment; filename=honnin-usage-2026-11.csv");
    expect(text.startsWith("\u{feff}client,month,service")).to.equal(true);
    const rows = parse(text, { bom: true });
    expect(rows.slice(1)).to.deep.equal([
      ["acme", "2026-11", "total", "", "", "", "", "", "0"],
      ["'=1+1", "2026-11", "outbound", "base", "", "1", "", "60000", "60000"],
      ["'=1+1", "2026-11", "outbound", "included", "mobile", "1", "20", "0", "0"],
      ["'=1+1", "2026-11", "total", "", "", "", "", "", "60000"],
    ]);
  });

  for (const query of [
    "month=2026-13",
    "month=",
    "month=november",
    "month=2026-11&month=2026-10",
    "client=acme",
  ]) {
    it(`refuses ${query}`, async () => {
      for (const path of ["usage", "usage.csv"]) {
        const { status, json } = await sato.browser.get(`/api/${path}?${query}`);
        expect([status, json["code"]]).to.deep.equal([400, "invalid_request"]);
      }
    });
  }

  it("is for nobody who is not logged in", async () => {
    for (const path of ["usage", "usage.csv"]) {
      expect((await fixture.newBrowser().get(`/api/${path}`)).status).to.equal(401);
    }
  });
});

import { expect } from "chai";
import { LogInTries } from "../../src/console/log-in-tries.js";
import { Refusal } from "../../src/console/refusal.js";
import { noteFailedLogIn, tellFailedLogIns } from "../../src/acts/failed-log-ins.js";
import { listAudit, verifyAudit } from "../../src/store/audit.js";
import { ANSWERS } from "./console-contract.js";
import type { ConsoleBrowser } from "./console-browser.js";
import { ConsoleFixture, LIFE_MS, PASSWORD, type Person } from "./console-fixture.js";

const OPEN = /^POST (log-in|links)(\/|$)/;
const OPERATORS = [
  "POST verifications/export",
  "POST verifications/:client/:id/cancel",
  "POST verifications/:client/:id/number",
  "POST verifications/:client/:id/events/:event/redeliver",
  "GET test-calls",
  "POST test-calls",
];
const ADMINS =
  /^(\w+ (admins|audit)|(POST|PATCH|PUT|DELETE) clients|(POST|PUT|DELETE) prompts\/:|GET clients\/:id\/enrollment-files)/;
/** What clients and prompts let everybody do. */
const LOOKS = ["POST clients/:id/enrollments/search", "POST prompts/check"];
/** Not there without test telephones, to nobody. */
const PHONE = "GET phone";

type Role = "anybody" | "viewer" | "operator" | "admin";

function roleOf(route: string): Role {
  if (OPEN.test(route)) return "anybody";
  if (OPERATORS.includes(route)) return "operator";
  return ADMINS.test(route) && !LOOKS.includes(route) ? "admin" : "viewer";
}

/** Node's client gives a DELETE no length: what is sent with it would be the next request. */
function bodyOf(method: string, body: unknown = {}): unknown {
  return method === "GET" || method === "DELETE" ? undefined : body;
}

describe("who attacks the console", () => {
  let fixture: ConsoleFixture;

  beforeEach(async () => {
    fixture = await ConsoleFixture.start();
  });
  afterEach(() => fixture.stop());

  const routes = Object.keys(ANSWERS)
    .filter((route) => !route.startsWith(PHONE))
    .map((route) => {
      const [method = "", path = ""] = route.split(" ");
      return { route, method, path: `/api/${path.replaceAll(/:\w+/g, "x")}`, role: roleOf(route) };
    });
  const asked = (browser: ConsoleBrowser, { method, path }: (typeof routes)[number]): Promise<number> =>
    browser.ask(method, path, bodyOf(method)).then(({ status }) => status);

  it("without a session, or with one that was made up, gets nothing anywhere", async () => {
    const stranger = fixture.newBrowser();
    const forger = fixture.newBrowser();
    forger.token = Buffer.alloc(32, 7).toString("base64url");
    for (const one of routes.filter(({ role }) => role !== "anybody")) {
      expect([one.route, await asked(stranger, one), await asked(forger, one)]).to.deep.equal([
        one.route,
        401,
        401,
      ]);
    }
  });

  for (const [role, beyond] of [
    ["viewer", ["operator", "admin"]],
    ["operator", ["admin"]],
  ] as const) {
    it(`as a ${role} is refused by every route beyond that role, and the trail has nothing new`, async () => {
      const { browser } = await fixture.person("sato", role);
      const before = await listAudit(fixture.store.read, { limit: 100 });
      const forbidden = routes.filter((one) => beyond.some((other) => other === one.role));
      expect(forbidden.length).to.be.greaterThan(5);
      for (const one of forbidden)
        expect([one.route, await asked(browser, one)]).to.deep.equal([one.route, 403]);
      expect(await listAudit(fixture.store.read, { limit: 100 })).to.deep.equal(before);
    });
  }

  it("from another site changes nothing, whoever is logged in", async () => {
    const { browser } = await fixture.person("sato", "admin");
    const sites = [
      { "sec-fetch-site": "cross-site" },
      // A page of the API's port, or of a neighbour under the same domain.
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: fixture.origin.replace("https", "http") + "0" },
    ];
    for (const { route, method, path } of routes.filter((one) => one.method !== "GET")) {
      for (const headers of sites) {
        const { status, json } = await browser.ask(method, path, bodyOf(method), headers);
        expect([route, headers, status, json["code"]]).to.deep.equal([route, headers, 403, "cross_site"]);
      }
    }
  });

  it("with paths that lead elsewhere gets no file and no error of the service", async () => {
    const browser = fixture.newBrowser();
    const paths = [
      "/../package.json",
      "/assets/../../../package.json",
      "/assets/..%2f..%2f..%2fpackage.json",
      "/assets/%2e%2e/%2e%2e/%2e%2e/package.json",
      "/assets/..%5c..%5cpackage.json",
      "/assets//etc/passwd",
      "/assets/index.html%00.js",
      "/phone/..%2f..%2fpackage.json",
      "/demo/..%2f..%2fpackage.json",
      "/api/clients/..%2f..%2fadmins",
      "/%e0%a4%a",
      "/api/%ff",
      "/api/clients/%c0%ae%c0%ae/keys",
    ];
    for (const path of paths) {
      const { status, text } = await browser.get(path);
      expect([path.slice(0, 60), [400, 401, 404].includes(status)], String(status)).to.deep.equal([
        path.slice(0, 60),
        true,
      ]);
      expect(text).not.to.include("better-sqlite3").and.not.to.include("root:");
    }
    expect(fixture.logged()).not.to.include("console request failed");
  });

  it("with huge and crooked inputs gets a refusal, and no error of the service", async () => {
    const { browser } = await fixture.person("sato", "admin");
    const bodies: readonly unknown[] = [
      { name: "x".repeat(1_000_000) },
      { settings: Object.fromEntries(Array.from({ length: 300 }, (_, nth) => [`k${String(nth)}`, "1"])) },
      JSON.parse(`{"settings": {"__proto__": "1", "constructor": "1", "toString": "1"}}`),
      { label: { $gt: "" }, expires_at: [] },
      { password: "x".repeat(2_000), name: "sato", code: "000000" },
    ];
    for (const { route, method, path, role } of routes.filter((one) => one.method !== "GET")) {
      // Each ends what the others need, or costs a password's time; their schemas are the others'.
      if (role === "anybody" || route === "POST log-out" || path.includes("passkey")) continue;
      // Takes any body, and reads every sound.
      if (route === "POST prompts/check") continue;
      for (const body of bodies) {
        const { status } = await browser.ask(method, path, bodyOf(method, body));
        expect([route, status < 500], String(status)).to.deep.equal([route, true]);
      }
    }
    const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    for (const text of [deep, `{"name": ${deep}}`, "{", "\u0000", "\uFEFF{}"]) {
      const { status } = await browser.upload("/api/clients", text, "application/json");
      expect([text.slice(0, 9), status >= 400 && status < 500], String(status)).to.deep.equal([
        text.slice(0, 9),
        true,
      ]);
    }
    const cookie = { "sec-fetch-site": "same-origin", cookie: `__Host-honnin=${"x".repeat(8_000)}` };
    expect((await fixture.newBrowser().ask("GET", "/api/me", undefined, cookie)).status).to.equal(401);
    expect(fixture.logged()).not.to.include("console request failed");
  });

  describe("by trying passwords", () => {
    const failed = async (): Promise<{ target: string; more: string | undefined }[]> =>
      (await listAudit(fixture.store.read, { act: "login.failed", limit: 1_000 })).map(
        ({ target, details }) => ({
          target,
          more: (JSON.parse(details) as Record<string, string>)["more"],
        }),
      );
    const wrong = async (name: string): Promise<number> => {
      // A minute later nobody has to wait longer than that.
      fixture.now += 61_000;
      const body = { name, password: "not this one at all", code: "000000" };
      return (await fixture.newBrowser().post("/api/log-in", body)).status;
    };

    it("fills no audit trail: five lines, then one for all that follow, and the chain is whole", async () => {
      await fixture.person("sato", "viewer");
      let refused = 0;
      for (let nth = 0; nth < 9; nth += 1) if ((await wrong("sato")) === 401) refused += 1;
      const lines = await failed();
      expect(refused).to.be.greaterThan(5);
      expect(lines).to.deep.equal(Array.from({ length: 5 }, () => ({ target: "sato", more: undefined })));
      fixture.now += 10 * 60_000;
      const { store } = fixture;
      await store.write((db) => tellFailedLogIns(db, store.vault, fixture.now));
      expect((await failed())[0]).to.deep.equal({ target: "sato", more: String(refused - 5) });
      await store.write((db) => tellFailedLogIns(db, store.vault, fixture.now));
      expect((await failed()).length).to.equal(6);
      expect((await verifyAudit(store.read, store.vault)).brokenAt).to.equal(null);
    });

    it("is told of the others when somebody fails again later", async () => {
      await fixture.person("sato", "viewer");
      for (let nth = 0; nth < 7; nth += 1) await wrong("sato");
      fixture.now += 30 * 60_000;
      expect(await wrong("sato")).to.equal(401);
      const lines = await failed();
      expect(lines.slice(0, 2).map(({ more }) => more)).to.deep.equal([undefined, lines[1]?.more]);
      expect(Number(lines[1]?.more)).to.be.greaterThan(0);
    });

    it("from ever other addresses makes one line of what is too many", async () => {
      const { store, now } = fixture;
      await store.write(async (db) => {
        for (let nth = 0; nth < 300; nth += 1)
          await noteFailedLogIn(db, store.vault, `2001:db8::${nth.toString(16)}`, "x", now);
      });
      const addresses = (await listAudit(store.read, { act: "login.failed", limit: 1_000 })).map(
        ({ address }) => address,
      );
      expect(addresses.filter((address) => address === "others").length).to.equal(5);
      expect(addresses.length).to.equal(205);
    });
  });

  it("with a clock that was set back waits no longer than before", () => {
    let now = Date.parse("2026-11-27T06:00:00Z");
    const tries = new LogInTries(() => now);
    for (let nth = 0; nth < 8; nth += 1) tries.count("192.0.2.1", "sato");
    now -= 24 * 3_600_000;
    const waits = (): number => {
      try {
        tries.look("192.0.2.1", "sato");
        return 0;
      } catch (error) {
        return error instanceof Refusal ? (error.seconds ?? 0) : NaN;
      }
    };
    expect(waits()).to.be.within(1, 900);
    now += 900_000;
    expect(waits()).to.equal(0);
  });

  describe("at a machine at which somebody else was", () => {
    const logIn = (person: Person, browser: ConsoleBrowser): ReturnType<ConsoleBrowser["post"]> =>
      browser.post("/api/log-in", { name: person.name, password: PASSWORD, code: fixture.nextCode(person) });

    it("finds no session of theirs left: logging in ends the one before", async () => {
      const sato = await fixture.person("sato", "admin");
      const former = sato.browser.token;
      expect((await logIn(sato, sato.browser)).status).to.equal(204);
      expect(sato.browser.token).not.to.equal(former);
      const thief = fixture.newBrowser();
      thief.token = former;
      expect((await thief.get("/api/me")).status).to.equal(401);
      expect((await sato.browser.get("/api/me")).status).to.equal(200);
    });

    it("also where somebody else logs in there", async () => {
      const sato = await fixture.person("sato", "admin");
      const suzuki = await fixture.person("suzuki", "viewer");
      const former = sato.browser.token;
      expect((await logIn(suzuki, sato.browser)).status).to.equal(204);
      const thief = fixture.newBrowser();
      thief.token = former;
      expect((await thief.get("/api/me")).status).to.equal(401);
      expect((await sato.browser.get("/api/me")).json["name"]).to.equal("suzuki");
    });

    it("has no session that outlives its hours because the clock was wrong", async () => {
      const sato = await fixture.person("sato", "admin");
      fixture.now += LIFE_MS + 1;
      expect((await sato.browser.get("/api/me")).status).to.equal(401);
    });
  });

  describe("and who is only clumsy", () => {
    it("does not undo what another administrator has changed meanwhile", async () => {
      const sato = (await fixture.person("sato", "admin")).browser;
      const suzuki = (await fixture.person("suzuki", "admin")).browser;
      const { json } = await sato.post("/api/clients", { name: "shop" });
      const path = `/api/clients/${String(json["id"])}/settings`;
      const was = { settings: { max_calls: "" } };
      expect((await sato.ask("PATCH", path, { settings: { max_calls: "10" }, was })).status).to.equal(200);
      const late = await suzuki.ask("PATCH", path, { settings: { max_calls: "3" }, was });
      expect([late.status, late.json["code"]]).to.deep.equal([409, "changed_meanwhile"]);
      const again = { settings: { max_calls: "3" }, was: { settings: { max_calls: "10" } } };
      expect((await suzuki.ask("PATCH", path, again)).status).to.equal(200);
    });

    it("replaces a key in one go: the old one ends in a day, or earlier where it did", async () => {
      const admin = (await fixture.person("sato", "admin")).browser;
      const id = String((await admin.post("/api/clients", { name: "shop" })).json["id"]);
      const old = await admin.post(`/api/clients/${id}/keys`, { label: "shop", expires_at: null });
      const path = `/api/clients/${id}/keys/${String(old.json["id"])}/replace`;
      const made = await admin.post(path, { label: "shop 2", old_ends_in_days: 2 });
      expect([made.status, made.json["expires_at"]]).to.deep.equal([201, null]);
      expect((await admin.post(path, { label: "shop 3", old_ends_in_days: 9 })).status).to.equal(201);
      const keys = (await admin.get(`/api/clients/${id}/keys`)).json["keys"] as Record<string, unknown>[];
      const end = new Date(fixture.now + 2 * 86_400_000).toISOString();
      expect(keys.map(({ label, expires_at }) => [label, expires_at])).to.have.deep.members([
        ["shop", end],
        ["shop 2", null],
        ["shop 3", null],
      ]);
      await admin.ask("DELETE", `/api/clients/${id}/keys/${String(old.json["id"])}`);
      expect((await admin.post(path, { label: "", old_ends_in_days: 1 })).status).to.equal(409);
      const escape = { label: "\u001b]0;x\u0007", old_ends_in_days: 1 };
      expect((await admin.post(path, escape)).status).to.equal(400);
    });
  });
});

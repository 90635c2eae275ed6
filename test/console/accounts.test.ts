import { expect } from "chai";

import { listAudit, verifyAudit } from "../../src/store/audit.js";
import { ConsoleFixture, IDLE_MS, LIFE_MS, PASSWORD, type Person, totpCode } from "./console-fixture.js";

describe("accounts of the console", () => {
  let fixture: ConsoleFixture;
  const acts = async (): Promise<string[]> =>
    (await listAudit(fixture.store.read, { limit: 100 }))
      .map(({ act, actor }) => `${actor} ${act}`)
      .reverse();
  const logIn = async (
    { name, secret }: Pick<Person, "name" | "secret">,
    change: { password?: string; code?: string; name?: string } = {},
  ): Promise<{ status: number; json: Record<string, unknown>; token: string | undefined }> => {
    const browser = fixture.newBrowser();
    const code = fixture.nextCode({ secret });
    const answer = await browser.post("/api/log-in", { name, password: PASSWORD, code, ...change });
    return { ...answer, token: browser.token };
  };

  beforeEach(async () => {
    fixture = await ConsoleFixture.start();
  });
  afterEach(() => fixture.stop());

  describe("the first", () => {
    it("is made by a link, with a password and an authenticator, and is an administrator", async () => {
      const token = await fixture.firstLink();
      const browser = fixture.newBrowser();
      const look = await browser.post("/api/links/look", { token });
      expect(look.json).to.include({ purpose: "first", name: null, role: "admin", passkeys: false });
      const { browser: theirs } = await fixture.accept(token, "佐藤 花子");
      const me = await theirs.get("/api/me");
      expect(me.json).to.include({ name: "佐藤 花子", role: "admin", recovery_codes_left: 10 });
      expect(await acts()).to.deep.equal(["佐藤 花子 admin.created", "佐藤 花子 login.succeeded"]);
    });

    it("has a link that works once", async () => {
      const token = await fixture.firstLink();
      await fixture.accept(token, "sato");
      const again = await fixture.newBrowser().post("/api/links/look", { token });
      expect([again.status, again.json["code"]]).to.deep.equal([410, "link_void"]);
    });

    it("is made once where two use the link in the same moment", async () => {
      const token = await fixture.firstLink();
      const look = await fixture.newBrowser().post("/api/links/look", { token });
      const code = totpCode((look.json["totp"] as { secret: string }).secret, fixture.now);
      const answers = await Promise.all(
        ["sato", "suzuki"].map((name) =>
          fixture.newBrowser().post("/api/links/password", { token, name, password: PASSWORD, code }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 410]);
    });

    it("has a link for an hour", async () => {
      const token = await fixture.firstLink();
      fixture.now += 3_600_000;
      expect((await fixture.newBrowser().post("/api/links/look", { token })).status).to.equal(410);
    });

    it("has the link of the latest start, and no other", async () => {
      const before = await fixture.firstLink();
      await fixture.firstLink();
      expect((await fixture.newBrowser().post("/api/links/look", { token: before })).status).to.equal(410);
    });

    it("keeps no token, secret, password or recovery code in the database as it is", async () => {
      const { recoveryCodes, browser, secret } = await fixture.accept(await fixture.firstLink(), "sato");
      const tables = ["admins", "admin_recovery_codes", "admin_sessions", "admin_links", "audit"] as const;
      const rows = await Promise.all(
        tables.map((table) => fixture.store.read.selectFrom(table).selectAll().execute()),
      );
      const written = rows
        .flat()
        .flatMap((row) =>
          Object.values(row).map((value) =>
            Buffer.isBuffer(value) ? value.toString("latin1") : String(value),
          ),
        );
      for (const hidden of [PASSWORD, secret, browser.token, ...recoveryCodes, "$argon2"]) {
        expect(written.join("\n")).not.to.include(hidden);
      }
    });
  });

  describe("a password", () => {
    const tried = async (password: string): Promise<unknown> => {
      const token = await fixture.firstLink();
      const look = await fixture.newBrowser().post("/api/links/look", { token });
      const code = totpCode((look.json["totp"] as { secret: string }).secret, fixture.now);
      const body = { token, name: "honda", password, code };
      return (await fixture.newBrowser().post("/api/links/password", body)).json["code"];
    };

    it("has at least 12 characters", async () => {
      expect(await tried("short word")).to.equal("password_too_short");
    });
    for (const plain of [
      "aaaaaaaaaaaaaa",
      "abcdefghijklmn",
      "123456789012345",
      "qwertyuiopasdf",
      "honda-honda-12",
    ]) {
      it(`is not ${plain}`, async () => {
        expect(await tried(plain)).to.equal("password_too_plain");
      });
    }
    it("may be a Japanese sentence", async () => {
      expect(await tried("桜の花が川面に散って流れていく")).to.equal(undefined);
    });
  });

  describe("logging in", () => {
    it("takes name, password and the code of this moment, in whatever case the name is", async () => {
      const person = await fixture.person("Sato", "viewer");
      expect((await logIn(person, { name: "sATO" })).status).to.equal(204);
    });

    it("says the same whichever of the three is wrong, and of a name that is not there", async () => {
      const person = await fixture.person("sato", "viewer");
      for (const change of [{ password: "something else 12" }, { code: "000000" }, { name: "nobody" }]) {
        const { status, json, token } = await logIn(person, change);
        expect([status, json["code"], token]).to.deep.equal([401, "wrong_credentials", undefined]);
      }
      expect((await acts()).slice(-3)).to.deep.equal(Array(3).fill("nobody login.failed"));
    });

    it("keeps no name that is nobody's: it may be a password in the wrong field", async () => {
      await fixture.person("sato", "viewer");
      await fixture.newBrowser().post("/api/log-in", { name: PASSWORD, password: "sato", code: "1" });
      const [line] = await listAudit(fixture.store.read, { limit: 1 });
      expect([line?.act, line?.target]).to.deep.equal(["login.failed", ""]);
    });

    it("takes no code twice", async () => {
      const { name, secret } = await fixture.person("sato", "viewer");
      const code = fixture.nextCode({ secret });
      const statuses: number[] = [];
      for (let time = 0; time < 2; time += 1) {
        const browser = fixture.newBrowser();
        statuses.push((await browser.post("/api/log-in", { name, password: PASSWORD, code })).status);
      }
      expect(statuses).to.deep.equal([204, 401]);
    });

    it("takes no code twice where both come in the same moment", async () => {
      const { name, secret } = await fixture.person("sato", "viewer");
      const code = fixture.nextCode({ secret });
      const answers = await Promise.all(
        [1, 2, 3].map(() => fixture.newBrowser().post("/api/log-in", { name, password: PASSWORD, code })),
      );
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, 401, 401]);
    });

    it("takes each recovery code once in place of a code, however it is typed", async () => {
      const person = await fixture.person("sato", "viewer");
      const code = ` ${person.recoveryCodes[3]!.toLowerCase().replace("-", " ")} `;
      expect((await logIn(person, { code })).status).to.equal(204);
      expect((await logIn(person, { code })).status).to.equal(401);
      expect((await person.browser.get("/api/me")).json["recovery_codes_left"]).to.equal(9);
    });

    it("writes into the log by how much a clock is wrong, and lets nobody in", async () => {
      const person = await fixture.person("sato", "viewer");
      const code = totpCode(person.secret, fixture.now + 300_000);
      expect((await logIn(person, { code })).status).to.equal(401);
      expect(fixture.logged()).to.match(
        /clock of this machine or of the authenticator is wrong.*"seconds":\d+/,
      );
    });

    it("slows down one address that tries passwords of one name, and nobody at another address", async () => {
      const person = await fixture.person("sato", "viewer");
      const codes: unknown[] = [];
      for (let time = 0; time < 7; time += 1) {
        codes.push(
          (await fixture.newBrowser().post("/api/log-in", { name: "sato", password: "x", code: "1" })).json[
            "code"
          ],
        );
      }
      expect(codes).to.deep.equal([
        ...Array<string>(5).fill("wrong_credentials"),
        ...Array<string>(2).fill("too_many_tries"),
      ]);
      fixture.now += 60_000;
      expect((await logIn(person)).status).to.equal(204);
    });

    it("opens a new session whatever cookie the browser had, in a cookie that only this host gets by TLS", async () => {
      const { name, secret } = await fixture.person("sato", "viewer");
      const browser = fixture.newBrowser();
      browser.token = "laid-ready-by-somebody";
      const code = fixture.nextCode({ secret });
      const { headers } = await browser.post("/api/log-in", { name, password: PASSWORD, code });
      expect(headers["set-cookie"]?.[0]).to.match(
        /^__Host-honnin=[\w-]{43}; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
      );
    });
  });

  describe("a session", () => {
    it("ends when it was idle for too long, and goes on while it is used", async () => {
      const { browser } = await fixture.person("sato", "viewer");
      for (let time = 0; time < 4; time += 1) {
        fixture.now += IDLE_MS - 1;
        expect((await browser.get("/api/me")).status).to.equal(200);
      }
      fixture.now += IDLE_MS;
      expect((await browser.get("/api/me")).json["code"]).to.equal("not_signed_in");
    });

    it("ends after its time however much it is used", async () => {
      const { browser } = await fixture.person("sato", "viewer");
      const end = fixture.now + LIFE_MS;
      while (fixture.now < end - IDLE_MS / 2) {
        fixture.now += IDLE_MS / 2;
        expect((await browser.get("/api/me")).status).to.equal(200);
      }
      fixture.now = end;
      expect((await browser.get("/api/me")).status).to.equal(401);
    });

    it("ends by logging out, and its token is of no use after that", async () => {
      const { browser } = await fixture.person("sato", "viewer");
      const { token } = browser;
      expect((await browser.post("/api/log-out")).status).to.equal(204);
      expect(browser.token).to.equal(undefined);
      browser.token = token;
      expect((await browser.get("/api/me")).status).to.equal(401);
    });

    it("is listed and ended by its owner from elsewhere, and by an administrator, by nobody else", async () => {
      const sato = await fixture.person("sato", "viewer");
      const suzuki = await fixture.person("suzuki", "operator");
      const manager = await fixture.person("manager", "admin");
      const listed = async (person: Person): Promise<{ id: string; name: string; is_this: boolean }[]> =>
        (await person.browser.get("/api/sessions")).json["sessions"] as never;
      expect((await listed(suzuki)).map(({ name }) => name)).to.deep.equal(["suzuki"]);
      expect((await listed(manager)).map(({ name }) => name)).to.have.members(["sato", "suzuki", "manager"]);
      const { id } = (await listed(sato))[0]!;
      expect((await suzuki.browser.ask("DELETE", `/api/sessions/${id}`)).status).to.equal(404);
      expect((await manager.browser.ask("DELETE", `/api/sessions/${id}`)).status).to.equal(204);
      expect((await sato.browser.get("/api/me")).status).to.equal(401);
      expect((await acts()).at(-1)).to.equal("manager session.revoked");
    });
  });

  describe("one's own", () => {
    it("gets a new password by the old one and a code, and is logged out everywhere else", async () => {
      const person = await fixture.person("sato", "viewer");
      const elsewhere = fixture.newBrowser();
      await elsewhere.post("/api/log-in", {
        name: "sato",
        password: PASSWORD,
        code: fixture.nextCode(person),
      });
      const change = { password: PASSWORD, new_password: "another long password 7" };
      const wrong = await person.browser.post("/api/password", { ...change, code: "000000" });
      expect(wrong.json["code"]).to.equal("wrong_credentials");
      const right = await person.browser.post("/api/password", { ...change, code: fixture.nextCode(person) });
      expect(right.status).to.equal(204);
      expect((await person.browser.get("/api/me")).status).to.equal(200);
      expect((await elsewhere.get("/api/me")).status).to.equal(401);
      expect((await logIn(person)).status).to.equal(401);
      expect((await logIn(person, { password: "another long password 7" })).status).to.equal(204);
    });

    it("gets new recovery codes, of which the old ones are none", async () => {
      const person = await fixture.person("sato", "viewer");
      const { json } = await person.browser.post("/api/recovery-codes");
      expect(json["recovery_codes"]).to.have.length(10);
      expect((await logIn(person, { code: person.recoveryCodes[0]! })).status).to.equal(401);
    });
  });

  describe("of others", () => {
    it("are managed by administrators alone", async () => {
      for (const role of ["viewer", "operator"] as const) {
        const { browser } = await fixture.person(role, role);
        const answers = [
          await browser.get("/api/admins"),
          await browser.get("/api/audit"),
          await browser.post("/api/admins", { name: "friend", role: "admin" }),
          await browser.ask("PATCH", "/api/admins/adm_x", { role: "admin" }),
          await browser.post("/api/admins/adm_x/reset"),
        ];
        expect(answers.map(({ json }) => json["code"])).to.deep.equal(Array(5).fill("forbidden"));
      }
    });

    it("are refused to those who are not logged in, as is everything else", async () => {
      const browser = fixture.newBrowser();
      for (const path of ["me", "sessions", "passkeys", "admins", "audit"]) {
        const { status, json } = await browser.get(`/api/${path}`);
        expect([status, json["code"]]).to.deep.equal([401, "not_signed_in"]);
      }
    });

    it("lose what a role allowed with the next request, and everything when they are disabled", async () => {
      const manager = await fixture.person("manager", "admin");
      const sato = await fixture.person("sato", "admin");
      const admins = (await manager.browser.get("/api/admins")).json["admins"] as {
        id: string;
        name: string;
      }[];
      const path = `/api/admins/${admins.find(({ name }) => name === "sato")!.id}`;
      expect((await sato.browser.get("/api/audit")).status).to.equal(200);
      await manager.browser.ask("PATCH", path, { role: "viewer" });
      expect((await sato.browser.get("/api/audit")).status).to.equal(403);
      await manager.browser.ask("PATCH", path, { disabled: true });
      expect((await sato.browser.get("/api/me")).status).to.equal(401);
      expect((await logIn(sato)).status).to.equal(401);
      await manager.browser.ask("PATCH", path, { disabled: false });
      expect((await logIn(sato)).status).to.equal(204);
    });

    it("never come to nobody who manages them", async () => {
      const { browser } = await fixture.person("manager", "admin");
      const [{ id } = { id: "" }] = (await browser.get("/api/admins")).json["admins"] as { id: string }[];
      for (const change of [{ role: "viewer" }, { disabled: true }]) {
        const { status, json } = await browser.ask("PATCH", `/api/admins/${id}`, change);
        expect([status, json["code"]]).to.deep.equal([409, "last_admin"]);
      }
    });

    it("are reset: nothing that was known lets anybody in, and a link makes new ways in", async () => {
      const manager = await fixture.person("manager", "admin");
      const sato = await fixture.person("sato", "operator");
      const admins = (await manager.browser.get("/api/admins")).json["admins"] as {
        id: string;
        name: string;
      }[];
      const { id } = admins.find(({ name }) => name === "sato")!;
      const { json } = await manager.browser.post(`/api/admins/${id}/reset`);
      expect((await sato.browser.get("/api/me")).status).to.equal(401);
      expect((await logIn(sato)).status).to.equal(401);
      expect((await logIn(sato, { code: sato.recoveryCodes[0]! })).status).to.equal(401);
      const token = String(json["url"]).split("#")[1]!;
      const again = await fixture.accept(token, "whatever");
      expect((await again.browser.get("/api/me")).json).to.include({ name: "sato", role: "operator" });
    });

    it("have one name each, in whatever case", async () => {
      const { browser } = await fixture.person("manager", "admin");
      const { status, json } = await browser.post("/api/admins", { name: "MANAGER", role: "viewer" });
      expect([status, json["code"]]).to.deep.equal([409, "name_taken"]);
    });
  });

  describe("requests of other sites", () => {
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ]) {
      it(`are refused: ${JSON.stringify(headers)}`, async () => {
        const { browser } = await fixture.person("sato", "viewer");
        const { status, json } = await browser.ask("POST", "/api/log-out", {}, headers);
        expect([status, json["code"]]).to.deep.equal([403, "cross_site"]);
        expect((await browser.get("/api/me")).status).to.equal(200);
      });
    }

    it("put no page of ours into a frame, and run no script of theirs in it", async () => {
      const { headers } = await fixture.newBrowser().get("/");
      expect(headers["x-frame-options"]).to.equal("DENY");
      const policy = String(headers["content-security-policy"]);
      expect(policy).to.include("default-src 'none'").and.include("frame-ancestors 'none'");
      expect(policy).to.include("script-src 'self'").and.include("require-trusted-types-for 'script'");
      expect(policy).not.to.include("unsafe");
    });
  });

  describe("the audit trail", () => {
    const told = (): Promise<{ lines: number; brokenAt: number | null }> =>
      verifyAudit(fixture.store.read, fixture.store.vault);

    it("is whole as it was written, and tells of a line that was changed or taken out", async () => {
      for (const name of ["a", "b", "c"]) await fixture.person(name, "viewer");
      const { lines, brokenAt } = await told();
      expect([lines > 6, brokenAt]).to.deep.equal([true, null]);
      await fixture.store.write((db) =>
        db.updateTable("audit").set({ actor: "x" }).where("seq", "=", 4).execute(),
      );
      expect((await told()).brokenAt).to.equal(4);
      await fixture.store.write((db) => db.deleteFrom("audit").where("seq", "in", [4]).execute());
      expect((await told()).brokenAt).to.equal(5);
    });
  });
});

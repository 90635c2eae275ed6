import { expect } from "chai";
import BetterSqlite from "better-sqlite3";
import { userInfo } from "node:os";
import path from "node:path";
import { hashPassword } from "../../src/admins/password.js";
import { newTotpSecret } from "../../src/admins/totp.js";
import { useLink } from "../../src/acts/use-admin-link.js";
import { Store } from "../../src/store/store.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

const BROWSER = { address: "127.0.0.1", agent: "test" };

describe("honnin admin and honnin audit", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  const honnin = (...args: string[]): Promise<Outcome> => HonninCommand.run(dir.path, args);
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await honnin(...args);
    expect(code, stderr).to.equal(0);
    return stdout;
  };
  const tokenOf = (url: string): string => new URL(url.trim()).hash.slice(1);
  /** As the page does it. */
  const accept = async (url: string, name: string): Promise<boolean> => {
    const store = await Store.open(dir.path);
    try {
      const hashed = await hashPassword("a long password of theirs");
      const way = { kind: "password", hashed, totpStep: 1, totpSecret: newTotpSecret() } as const;
      const token = tokenOf(url);
      const used = await store.write((db) =>
        useLink(db, store.vault, token, name, way, BROWSER, Date.now(), 3_600_000),
      );
      return used.ok;
    } finally {
      await store.close();
    }
  };

  it("gives a link to the first account while there is none, and to named ones after that", async () => {
    const first = await ok("admin", "create", "--role", "admin");
    expect(first.trim()).to.match(/^https:\/\/localhost:8444\/welcome#[\w-]{43}$/);
    expect(await accept(first, "sato")).to.equal(true);
    expect((await honnin("admin", "create", "--role", "admin")).code).to.equal(2);
    const { url } = JSON.parse(await ok("admin", "create", "suzuki", "--json")) as { url: string };
    expect(await accept(url, "suzuki")).to.equal(true);
    expect(await accept(url, "suzuki")).to.equal(false);
    const accounts = JSON.parse(await ok("admin", "list", "--json")) as Record<string, unknown>[];
    expect(accounts.map(({ name, role, by }) => ({ name, role, by }))).to.deep.equal([
      { name: "sato", role: "admin", by: ["password"] },
      { name: "suzuki", role: "viewer", by: ["password"] },
    ]);
  });

  it("begins the link with the address that is set", async () => {
    const { stdout } = await HonninCommand.run(dir.path, ["admin", "create", "--role", "admin"], {
      HONNIN_CONSOLE_URL: "https://honnin.example.co.jp:9443/",
    });
    expect(stdout).to.match(/^https:\/\/honnin\.example\.co\.jp:9443\/welcome#/);
  });

  it("refuses a wrong role, a wrong name, one that is taken, and one that is not there", async () => {
    await accept(await ok("admin", "create", "--role", "admin"), "sato");
    const codes = async (...args: string[]): Promise<number | null> => (await honnin("admin", ...args)).code;
    expect(await codes("create", "x", "--role", "root")).to.equal(2);
    expect(await codes("create", "a\nb")).to.equal(2);
    expect(await codes("create", "SATO")).to.equal(1);
    expect(await codes("disable", "suzuki")).to.equal(1);
    expect(await codes("reset", "suzuki")).to.equal(1);
    // Nobody would be left.
    expect(await codes("disable", "sato")).to.equal(1);
  });

  it("disables, enables and resets, each told in the audit trail", async () => {
    await accept(await ok("admin", "create", "--role", "admin"), "sato");
    await accept(await ok("admin", "create", "suzuki", "--role", "operator"), "suzuki");
    await ok("admin", "disable", "suzuki");
    await ok("admin", "enable", "suzuki");
    expect(await accept(await ok("admin", "reset", "suzuki"), "suzuki")).to.equal(true);
    const lines = (await ok("audit", "export")).trim().split("\n");
    const acts = lines.map((line) => JSON.parse(line) as { actor: string; act: string; target: string });
    const ofCommands = acts.filter(({ actor }) => actor === `cli:${userInfo().username}`);
    expect(ofCommands.map(({ act, target }) => `${act} ${target}`)).to.deep.equal([
      "admin.invited suzuki",
      "admin.disabled suzuki",
      "admin.enabled suzuki",
      "admin.reset suzuki",
    ]);
    expect(await ok("audit", "list", "--act", "admin.reset", "--limit", "5")).to.match(
      /admin\.reset\s+suzuki/,
    );
  });

  it("tells of a line of the audit trail that was changed", async () => {
    await accept(await ok("admin", "create", "--role", "admin"), "sato");
    expect(JSON.parse(await ok("audit", "verify", "--json"))).to.include({ lines: 2, broken_at: null });
    const database = new BetterSqlite(path.join(dir.path, "honnin.db"));
    database.exec("update audit set address = '192.0.2.1' where seq = 1");
    database.close();
    const { code, stdout, stderr } = await honnin("audit", "verify", "--json");
    expect(code).to.equal(1);
    expect(JSON.parse(stdout)).to.include({ broken_at: 1 });
    expect(stderr).to.include("not as it was written");
  });

  it("shows neither hash nor secret of anybody", async () => {
    await accept(await ok("admin", "create", "--role", "admin"), "sato");
    for (const command of [
      ["admin", "list", "--json"],
      ["audit", "export"],
    ]) {
      expect(await ok(...command)).not.to.match(/argon2|secret|hash/);
    }
  });
});

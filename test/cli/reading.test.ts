import { expect } from "chai";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { lockDataDir } from "../../src/service/instance-lock.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

/** Those that only show something. */
const READING = [
  "client list --json",
  "client show shop",
  "key list",
  "usage",
  "prompts list",
  "prompts history greeting",
  "admin list",
  "audit list",
  "audit verify",
];
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LAST = "select name from kysely_migration order by name desc limit 1";

describe("commands beside a service", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const file = (): string => path.join(dir.path, "honnin.db");

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    await dir.remove();
  });

  function honnin(args: string): Promise<Outcome> {
    return HonninCommand.run(dir.path, args.split(" "));
  }

  async function ok(args: string): Promise<string> {
    const { code, stdout, stderr } = await honnin(args);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  function inDatabase<T>(act: (database: BetterSqlite.Database) => T): T {
    const database = new BetterSqlite(file());
    try {
      return act(database);
    } finally {
      database.close();
    }
  }

  it("show what is stored while another process writes, without waiting for it, and leave every byte as it is", async () => {
    await ok("key create --client shop");
    const before = await readFile(file());
    const writer = new BetterSqlite(file());
    try {
      writer.exec("begin immediate");
      for (const command of READING) expect((await honnin(command)).code, command).to.equal(0);
      writer.exec("rollback");
    } finally {
      writer.close();
    }
    expect((await readFile(file())).equals(before), "the database was written to").to.be.true;
  });

  it("make nothing where nothing is yet, and show that there is nothing", async () => {
    for (const command of ["client list --json", "key list --json"])
      expect(JSON.parse(await ok(command))).to.deep.equal([]);
    expect(await ok("prompts list")).to.contain("greeting");
    expect(await readdir(dir.path)).to.deep.equal([]);
  });

  it("say what to do with the database of an older version, and leave it as it is", async () => {
    await ok("key create --client shop");
    const last = inDatabase((database) => database.prepare<[], string>(LAST).pluck().get());
    inDatabase((database) => database.prepare("delete from kysely_migration where name = ?").run(last));
    const written = (await stat(file())).mtimeMs;
    for (const command of READING) {
      const { code, stdout, stderr } = await honnin(command);
      expect(code, command).to.equal(4);
      expect(stdout).to.equal("");
      expect(stderr).to.contain("database_older").and.contain("start the service");
    }
    expect((await stat(file())).mtimeMs).to.equal(written);
  });

  it("that write do not bring it up to date under a service that runs, and say so", async () => {
    await ok("key create --client shop");
    const last = inDatabase((database) => database.prepare<[], string>(LAST).pluck().get());
    inDatabase((database) => database.prepare("delete from kysely_migration where name = ?").run(last));
    const unlock = lockDataDir(dir.path);
    try {
      const { code, stderr } = await honnin("client create another");
      expect(code).to.equal(4);
      expect(stderr).to.contain("database_older");
    } finally {
      unlock();
    }
    expect(
      inDatabase((database) => database.prepare(LAST).pluck().get()),
      "it was changed",
    ).not.to.equal(last);
  });

  it("refuse the database of a newer version, reading or writing", async () => {
    await ok("key create --client shop");
    inDatabase((database) =>
      database.exec("insert into kysely_migration values ('9999-of-tomorrow', '2099-01-01')"),
    );
    for (const command of [...READING, "client create another"]) {
      const { code, stderr } = await honnin(command);
      expect(code, command).to.equal(4);
      expect(stderr).to.contain("database_newer");
    }
  });

  it("print every time by RFC 3339", async () => {
    const created = JSON.parse(await ok("client create shop --json")) as Record<string, unknown>;
    expect(created["created_at"]).to.match(RFC_3339);
    await ok("key create --client shop --expires 90d");
    const keys = JSON.parse(await ok("key list --json")) as Record<string, unknown>[];
    expect(keys).to.have.lengthOf(1);
    expect(keys[0]).to.include({ client_name: "shop", revoked_at: null });
    for (const field of ["created_at", "expires_at"]) expect(keys[0]![field], field).to.match(RFC_3339);
    const clients = JSON.parse(await ok("client list --json")) as Record<string, unknown>[];
    expect(clients).to.deep.equal([created]);
  });

  it("make no client of a name mistyped, but for those that are to make one", async () => {
    const mistyped = [
      "webhooks set --url https://shop.example/hook",
      "webhooks show",
      "webhooks rotate",
      "webhooks disable",
    ];
    for (const command of [...mistyped, "webhooks redeliver --failed", "prompts list", "usage"]) {
      const { code, stderr } = await honnin(`${command} --client shpo`);
      expect(code, `${command}: ${stderr}`).to.equal(1);
    }
    expect(JSON.parse(await ok("client list --json"))).to.deep.equal([]);
  });

  it("take a number for an overlap, and nothing that only becomes one", async () => {
    await ok("key create --client shop");
    for (const hours of ["", " ", "0x10", "1e1", "721", "-1"]) {
      const { code } = await HonninCommand.run(dir.path, [
        "webhooks",
        "rotate",
        "--client",
        "shop",
        "--overlap-hours",
        hours,
      ]);
      expect(code, JSON.stringify(hours)).to.equal(2);
    }
  });
});

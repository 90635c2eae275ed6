import { expect } from "chai";
import { existsSync, watch } from "node:fs";
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { endAsterisk } from "../../src/cli/end-asterisk.js";
import { lockDataDir } from "../../src/service/instance-lock.js";
import { MIGRATIONS } from "../../src/store/sqlite/migrations.js";
import { databasePlace } from "../../src/store/dialects.js";
import { Store } from "../../src/store/store.js";
import { insertVerification } from "../../src/store/verifications.js";
import { openVault } from "../../src/vault/open-vault.js";
import { HttpsClient } from "../support/https-client.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { verificationRow } from "../support/verification-rows.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

type Settings = Readonly<Record<"HONNIN_DATABASE_URL", string> | Record<string, never>>;

/** How often a command is killed, each time a little later. */
const KILLS = 2;
const REGISTERED_BEFORE = 40;
const FREE = {
  HONNIN_DIDS: "0312340000",
  HONNIN_MAX_REGISTRATIONS_PER_MINUTE: "100000",
};

describe("honnin backup and restore", function () {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const running: HonninCommand[] = [];
  const data = (name = "data"): string => path.join(dir.path, name);
  const file = (name = "backup"): string => path.join(dir.path, name);

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
    for (const name of ["data", "restored"]) await mkdir(data(name));
  });
  afterEach(async () => {
    for (const command of running.splice(0)) {
      command.signal("SIGKILL");
      await command.ended();
      // A service that is killed leaves it, for the next one to end.
      await endAsterisk(command.dataDir);
    }
    await dir.remove();
  });

  async function ok(at: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await HonninCommand.run(data(at), args);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  async function refused(code: number, words: string, at: string, ...args: string[]): Promise<Outcome> {
    const outcome = await HonninCommand.run(data(at), args);
    expect(outcome.code, outcome.stderr).to.equal(code);
    expect(outcome.stderr).to.contain(words);
    expect(outcome.stdout).to.equal("");
    return outcome;
  }

  /** Some megabytes, so that there is something to be killed in. */
  async function fill(): Promise<void> {
    const store = await Store.open(data());
    await store.write((db) =>
      db.insertInto("clients").values({ id: "a", name: "a", created_at: 0 }).execute(),
    );
    for (let i = 0; i < 5_000; i += 500) {
      await store.write(async (db) => {
        for (let n = i; n < i + 500; n += 1)
          await insertVerification(db, verificationRow(store, "a", `v${String(n)}`, 0));
      });
    }
    await store.close();
  }

  /** Runs a command and kills it after so many changes of a folder. */
  async function killedAfter(changes: number, folder: string, at: string, ...args: string[]): Promise<void> {
    const command = new HonninCommand(data(at), args);
    running.push(command);
    let seen = 0;
    const watcher = watch(folder, { recursive: true }, () => {
      seen += 1;
      if (seen >= changes) command.signal("SIGKILL");
    });
    await command.ended();
    watcher.close();
  }

  it("say what they did, and keep the passphrase out of their arguments", async () => {
    await ok("data", "key", "create", "--client", "shop");
    await writeFile(file("passphrase"), "correct horse battery\n");
    const made = JSON.parse(
      await ok("data", "backup", file(), "--with-keys", "--passphrase-file", file("passphrase"), "--json"),
    ) as Record<string, unknown>;
    expect(made).to.include({ file: file(), encrypted: true, has_keys: true, dialect: "sqlite" });
    await refused(1, "file_exists", "data", "backup", file());
    await refused(2, "--passphrase-file", "data", "backup", file("other"), "--encrypt");
    await writeFile(file("wrong"), "correct horse batterie\n");
    await refused(1, "not_a_backup", "restored", "restore", file("wrong"));
    expect(await readdir(data("restored"))).to.deep.equal([]);
    const restored = JSON.parse(
      await ok("restored", "restore", file(), "--passphrase-file", file("passphrase"), "--json"),
    ) as Record<string, unknown>;
    expect(restored).to.include({ data_key: true, version: made["version"] });
    expect(await ok("restored", "client", "list")).to.equal(await ok("data", "client", "list"));
  });

  it("refuse a running service, and a data directory in which there is nothing to back up", async () => {
    await refused(1, "no database", "data", "backup", file());
    expect(await readdir(data())).to.deep.equal([]);
    await ok("data", "client", "create", "shop");
    await ok("data", "backup", file());
    const unlock = lockDataDir(data("restored"));
    try {
      await refused(4, "data_dir_in_use", "restored", "restore", file());
    } finally {
      unlock();
    }
  });

  it("leave no half of anything, whenever they are killed", async () => {
    await fill();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await killedAfter(kill, dir.path, "data", "backup", file(`killed ${String(kill)}`));
      const half = existsSync(file(`killed ${String(kill)}`));
      if (!half) continue;
      await ok("restored", "restore", file(`killed ${String(kill)}`));
      await rm(data("restored"), { recursive: true });
      await mkdir(data("restored"));
    }
    await ok("data", "backup", file(), "--with-keys");
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const at = `restored ${String(kill)}`;
      await mkdir(data(at));
      await killedAfter(kill * 2, data(at), at, "restore", file());
      if (!existsSync(path.join(data(at), "honnin.db"))) await ok(at, "restore", file());
      expect(await ok(at, "client", "list")).to.equal(await ok("data", "client", "list"));
    }
  });

  it("let nothing begin where a restore was broken off, until it is done again", async () => {
    await ok("data", "client", "create", "shop");
    await ok("data", "backup", file(), "--with-keys");
    // As one leaves it that is killed just before the database is put in its place.
    await mkdir(path.join(data("restored"), ".restore"));
    await mkdir(path.join(data("restored"), "prompts", "a-sound"), { recursive: true });
    await refused(4, "restore_unfinished", "restored", "client", "create", "another");
    await refused(4, "restore_unfinished", "restored", "serve");
    await ok("restored", "restore", file());
    expect(await ok("restored", "client", "list")).to.equal(await ok("data", "client", "list"));
    const left = await readdir(data("restored"));
    for (const name of [".restore", "prompts"]) expect(left).to.not.include(name);
  });

  it("have all that a busy service had answered before, and nothing half done", () =>
    besideBusyService({}, {}));

  it("have all of it with PostgreSQL too", async () => {
    const server = await sharedPostgres();
    const [from, to] = [await server.database("empty"), await server.database("empty")];
    await besideBusyService({ HONNIN_DATABASE_URL: from }, { HONNIN_DATABASE_URL: to });
  });

  async function besideBusyService(from: Settings, to: Settings): Promise<void> {
    const made = await HonninCommand.run(data(), ["key", "create", "--client", "shop", "--json"], from);
    const key = JSON.parse(made.stdout) as { key: string };
    const service = HonninCommand.serve(data(), { ...FREE, ...from });
    running.push(service);
    const { api } = await service.logged("honnin is ready");
    const client = new HttpsClient(String(api), key.key, path.join(data(), "tls/cert.pem"));
    const answered: string[] = [];
    let going = true;
    let next = 0;
    const lane = async (): Promise<void> => {
      while (going) {
        const id = `v${String((next += 1))}`;
        const phone = `090${String(10_000_000 + next)}`;
        const body = { id, phone_number: phone, direction: "inbound", expires_in: 600 };
        const { status, text } = await client.post("/v1/verifications", body);
        expect(status, text).to.equal(201);
        answered.push(id);
      }
    };
    const lanes = [lane(), lane(), lane()];
    while (answered.length < REGISTERED_BEFORE) await Promise.race([Promise.all(lanes), once(50)]);
    const before = [...answered];
    const backup = await HonninCommand.run(data(), ["backup", file(), "--with-keys", "--json"], from);
    const during = answered.length;
    going = false;
    await Promise.all(lanes);
    client.close();
    expect(backup.code, backup.stderr).to.equal(0);
    expect(during, "it went on meanwhile").to.be.greaterThan(before.length);
    const restored = await HonninCommand.run(data("restored"), ["restore", file()], to);
    expect(restored.code, restored.stderr).to.equal(0);
    const [was, is] = [await rowsOf(data(), from), await rowsOf(data("restored"), to)];
    for (const id of before) expect(is.get(id), id).to.deep.equal(was.get(id));
    for (const [id, row] of is) expect(row, id).to.deep.equal(was.get(id));
    // And a service starts from it.
    const again = HonninCommand.serve(data("restored"), { ...FREE, ...to });
    running.push(again);
    const there = await again.logged("honnin is ready");
    const other = new HttpsClient(String(there["api"]), key.key, path.join(data("restored"), "tls/cert.pem"));
    const found = await other.get(`/v1/verifications/${before[0]!}`);
    other.close();
    expect(found.json).to.include({ id: before[0], status: "pending" });
  }

  it("show what a database is and bring it up to date, with a copy kept of it", async () => {
    const lacks = await olderDatabase(data());
    const last = lacks.at(-1);
    const status = await HonninCommand.run(data(), ["database", "status", "--json"]);
    expect(status.code).to.equal(1);
    expect(JSON.parse(status.stdout)).to.deep.include({ age: "older", pending: lacks, copies: [] });
    await ok("data", "backup", file());
    const unlock = lockDataDir(data());
    try {
      await refused(4, "database_older", "data", "database", "migrate");
    } finally {
      unlock();
    }
    const { made, copy } = JSON.parse(await ok("data", "database", "migrate", "--json")) as {
      made: string[];
      copy: string;
    };
    expect(made).to.deep.equal(lacks);
    const now = JSON.parse(await ok("data", "database", "status", "--json")) as Record<string, unknown>;
    expect(now).to.deep.include({ age: "current", version: last, pending: [], copies: [copy] });
    expect(now["counts"]).to.include({ clients: 1 });
    // The copy is the database as it was.
    await copyFile(copy, path.join(data("restored"), "honnin.db"));
    const before = await HonninCommand.run(data("restored"), ["database", "status", "--json"]);
    expect(JSON.parse(before.stdout)).to.deep.include({ age: "older", pending: lacks });
    // A backup from before an upgrade is restored as it is.
    await mkdir(data("older"));
    await ok("older", "restore", file());
    const older = await HonninCommand.run(data("older"), ["database", "status", "--json"]);
    expect(JSON.parse(older.stdout)).to.deep.include({ age: "older" });
  });
});

/** The last change that an older version knew. */
const OLDER = "0015-console-lists";

/** A database as that version left it. @returns what it lacks. */
async function olderDatabase(folder: string): Promise<string[]> {
  openVault(folder, false);
  const sqlite = new BetterSqlite(path.join(folder, "honnin.db"));
  const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  try {
    const provider = { getMigrations: () => Promise.resolve(MIGRATIONS) };
    const { error } = await new Migrator({ db: kysely, provider }).migrateTo(OLDER);
    if (error !== undefined) throw new Error("the older schema could not be made");
    sqlite.exec("insert into clients values ('cli_a', 'shop', 0)");
  } finally {
    await kysely.destroy();
  }
  return Object.keys(MIGRATIONS).filter((name) => name > OLDER);
}

async function rowsOf(folder: string, { HONNIN_DATABASE_URL: url }: Settings): Promise<Map<string, unknown>> {
  const database = await databasePlace(folder, url).openToRead();
  try {
    const rows = await database.reader.selectFrom("verifications").selectAll().execute();
    return new Map(rows.map((row) => [row.id, row]));
  } finally {
    await database.close();
  }
}

function once(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

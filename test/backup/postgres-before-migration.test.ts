import { copyFile, mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { sql } from "kysely";
import { restoreBackup } from "../../src/backup/restore-backup.js";
import { listClients } from "../../src/store/clients.js";
import type { DatabasePlace, MigrationNotice } from "../../src/store/database.js";
import { databasePlace } from "../../src/store/dialects.js";
import { postgresAt } from "../../src/store/postgres/postgres-database.js";
import { MIGRATIONS } from "../../src/store/sqlite/migrations.js";
import { Store } from "../../src/store/store.js";
import { openVault } from "../../src/vault/open-vault.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";

/** The last of the version that was there before. */
const OLDER = "0015-console-lists";
const NAMES = Object.keys(MIGRATIONS);
const [MADE, PENDING] = [NAMES.filter((name) => name <= OLDER), NAMES.filter((name) => name > OLDER)];

describe("a PostgreSQL database, before its schema is changed", function () {
  this.timeout(120_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let url: string;
  const at = (...parts: readonly string[]): string => path.join(dir.path, ...parts);
  const place = (): DatabasePlace => databasePlace(at("data"), url);
  const copies = async (): Promise<string[]> =>
    (await readdir(at("data"))).filter((name) => name.startsWith("postgres.before-")).sort();

  before(setUp);
  /** As the older version has left it, with two clients of whom the second is gone. */
  beforeEach(async () => {
    dir = await tempDir();
    await mkdir(at("data"));
    openVault(at("data"), false);
    url = await (await sharedPostgres()).database("empty");
    const migrations = Object.fromEntries(
      MADE.map((name) => [name, MIGRATIONS[name as keyof typeof MIGRATIONS]]),
    );
    const never = (): never => expect.fail("the database is not empty");
    const older = await postgresAt(url, { migrations, openEmpty: never }).open({ onCommit: () => undefined });
    await older.write((db) => sql`insert into clients values ('cli_a', '名前🙂', 0)`.execute(db));
    await older.close();
    expect(await place().age()).to.equal("older");
  });
  afterEach(() => dir.remove());

  const honnin = async (...args: string[]): Promise<{ stdout: string; stderr: string }> => {
    const { code, ...said } = await HonninCommand.run(at("data"), args, { HONNIN_DATABASE_URL: url });
    expect(code, said.stderr).to.equal(0);
    return said;
  };

  it("is kept as it was, its owner's alone, and what will be made of it is told", async () => {
    const { stdout, stderr } = await honnin("database", "migrate", "--json");
    const [copy = "", ...others] = await copies();
    expect(others).to.deep.equal([]);
    expect(JSON.parse(stdout)).to.deep.include({ made: PENDING, copy: at("data", copy) });
    expect(stderr).to.contain(PENDING.join(", ")).and.contain(copy);
    expect((await stat(at("data", copy))).mode & 0o777).to.equal(0o600);
    expect(await place().age()).to.equal("current");
    expect((await honnin("database", "status", "--json")).stdout).to.contain(copy);

    const into = { dataDir: at("again"), place: databasePlace(at("again"), undefined) };
    await mkdir(at("again", "keys"), { recursive: true, mode: 0o700 });
    await copyFile(at("data", "keys/data.key"), at("again", "keys/data.key"));
    const order = { ...into, promptsDir: at("again", "prompts"), file: at("data", copy), opening: null };
    const { manifest } = await restoreBackup(order);
    expect(manifest).to.deep.include({ made_from: "postgres", schema: MADE, has_keys: false });
    const restored = await Store.open(at("again"));
    expect((await listClients(restored.read)).map(({ id, name }) => [id, name])).to.deep.equal([
      ["cli_a", "名前🙂"],
    ]);
    await restored.close();
  });

  it("is left as it is where the copy cannot be made", async () => {
    const told: MigrationNotice[] = [];
    const refused = new Error("no room");
    const opening = Store.open(at("data"), url, {
      told: (notice) => told.push(notice),
      keepCopy: (_pending, tell) => {
        tell("somewhere");
        return Promise.reject(refused);
      },
    });
    expect(await opening.catch((error: unknown) => error)).to.equal(refused);
    expect(told.map(({ pending, copy }) => [pending, copy])).to.deep.equal([[PENDING, "somewhere"]]);
    expect(await place().age()).to.equal("older");
  });

  it("may take longer to be kept than the server waits for whoever asks it nothing", async () => {
    const server = await sharedPostgres();
    const store = await Store.open(at("data"), url, {
      told: () => undefined,
      keepCopy: async () => {
        // By its own clock: it lets go of a transaction after ten seconds.
        await server.ask("select pg_sleep(12)");
      },
    });
    await store.close();
    expect(await place().age()).to.equal("current");
  });

  it("is kept once where several bring it up to date at the same time", async () => {
    await Promise.all([honnin("client", "create", "one"), honnin("client", "create", "two")]);
    expect(await copies()).to.have.length(1);
  });
});

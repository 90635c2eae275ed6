import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { Kysely, sql, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { BackupError } from "../../src/backup/backup-error.js";
import { copiedTables } from "../../src/backup/copied-tables.js";
import { type MadeBackup, makeBackup } from "../../src/backup/make-backup.js";
import { refuseNonEmpty, restoreBackup, type Restored } from "../../src/backup/restore-backup.js";
import { refuseUnfinishedRestore } from "../../src/backup/unfinished-restore.js";
import { insertClient, listClients } from "../../src/store/clients.js";
import type { DatabasePlace } from "../../src/store/database.js";
import { databasePlace } from "../../src/store/dialects.js";
import { appendEvent, listEventsAfter } from "../../src/store/events.js";
import { putMeta } from "../../src/store/meta.js";
import { keepPromptSound } from "../../src/store/prompt-sounds.js";
import { MIGRATIONS } from "../../src/store/sqlite/migrations.js";
import { Store } from "../../src/store/store.js";
import { COMING_FINGERPRINT_KEY } from "../../src/store/vault-binding.js";
import { insertVerification } from "../../src/store/verifications.js";
import { openVault } from "../../src/vault/open-vault.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { verificationRow } from "../support/verification-rows.js";

const NOW = 1_800_000_000_000;
/** More than two pages of them. */
const ROWS = 1_203;
/** Of the numbers of events the last was given out and is gone. */
const EVENTS = 5;
/** How many pairs are written beside the backup before it may end. */
const BESIDE = 30;
const OLDER = "0015-console-lists";

describe("a backup of PostgreSQL", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let url: string;
  let store: Store;
  let nth = 0;
  const at = (name: string): string => path.join(dir.path, name);
  const empty = async (): Promise<string> => (await sharedPostgres()).database("empty");

  before(async () => {
    dir = await tempDir();
    url = await empty();
    store = await Store.open(at("data"), url);
    await store.write(async (db) => {
      await insertClient(db, { id: "a", name: "名前🙂", created_at: NOW });
      for (let row = 0; row < ROWS; row += 1)
        await insertVerification(db, verificationRow(store, "a", `v-${String(row)}`, NOW + row));
      for (let event = 0; event < EVENTS; event += 1) await tell("a");
      for (let sound = 0; sound < 20; sound += 1)
        await keepPromptSound(db, String(sound).padStart(64, "0"), randomBytes(100_000));
      await db.deleteFrom("events").where("seq", "=", EVENTS).execute();

      async function tell(clientId: string): Promise<void> {
        const event = { clientId, type: "verification.created", now: NOW, data: {}, verificationSeq: null };
        await appendEvent(db, store.vault, event as Parameters<typeof appendEvent>[2]);
      }
    });
  });
  after(async () => {
    await store.close();
    await dir.remove();
  });

  const make = (
    from: DatabasePlace,
    to = `backup ${String((nth += 1))}`,
  ): Promise<MadeBackup & { file: string }> =>
    makeBackup({
      ...{ dataDir: at("data"), promptsDir: at("data/prompts"), place: from, file: at(to), now: NOW },
      ...{ withKeys: true, encryption: null },
    }).then((made) => ({ ...made, file: at(to) }));
  const restore = async (file: string, place: DatabasePlace, dataDir = at(`to ${String((nth += 1))}`)) => {
    await mkdir(dataDir, { recursive: true });
    await refuseNonEmpty(dataDir, place);
    const order = { dataDir, promptsDir: path.join(dataDir, "prompts"), place, file, opening: null };
    const restored: Restored = await restoreBackup(order);
    return { ...restored, dataDir };
  };
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => "it went well",
      (error: unknown) => (error instanceof BackupError ? error.code : error),
    );
  const place = (of: string): DatabasePlace => databasePlace(dir.path, of);
  /** What is in it, to the last byte. */
  const contents = async (of: string): Promise<Record<string, unknown[]>> => {
    const database = await place(of).openToRead();
    const all: Record<string, unknown[]> = {};
    for (const { name, columns, key } of await copiedTables()) {
      const [refs, order] = [columns, key].map((names) => sql.join(names.map((one) => sql.ref(one))));
      const { rows } = await sql`select ${refs!} from ${sql.table(name)} order by ${order!}`.execute(
        database.reader,
      );
      all[name] = rows;
    }
    await database.close();
    return all;
  };

  it("is restored and equal, into PostgreSQL and into SQLite, and from there into PostgreSQL again", async () => {
    const was = await contents(url);
    expect(was["verifications"]).to.have.length(ROWS);
    const { file, manifest } = await make(place(url));
    expect(manifest).to.include({ dialect: "sqlite", made_from: "postgres" });
    expect(manifest.counts).to.include({ verifications: ROWS, prompt_sounds: 20, clients: 1 });
    const into = await empty();
    expect(await restore(file, place(into))).to.include({ hasKey: true });
    expect(await contents(into)).to.deep.equal(was);
    const lite = `sqlite:${at("lite.db")}`;
    await restore(file, place(lite));
    expect(await contents(lite)).to.deep.equal(was);
    const again = await empty();
    await restore((await make(place(lite))).file, place(again));
    expect(await contents(again)).to.deep.equal(was);
    expect((await readdir(at("data"))).filter((name) => name.startsWith(".backup"))).to.deep.equal([]);
  });

  it("serves like any other: by its key, and with numbers that go on", async () => {
    const { file } = await make(place(url));
    const into = await empty();
    const { dataDir } = await restore(file, place(into));
    const restored = await Store.open(dataDir, into, undefined, { node: "one" });
    try {
      await restored.write((db) =>
        appendEvent(db, restored.vault, {
          ...{ clientId: "a", type: "verification.created", now: NOW, data: {}, verificationSeq: null },
        }),
      );
      const events = await listEventsAfter(restored.read, restored.vault, "a", EVENTS - 1, 10);
      expect(events.map(({ seq }) => seq)).to.deep.equal([EVENTS + 1]);
    } finally {
      await restored.close();
    }
  });

  it("is of one moment, while others write on", async () => {
    let pairs = 0;
    let going = true;
    // The client stands in an early table and its verification in a late one: what is read at two moments has one of the two.
    const write = async (): Promise<void> => {
      while (going) {
        pairs += 1;
        const id = `pair-${String(pairs)}`;
        await store.write(async (db) => {
          await insertClient(db, { id, name: id, created_at: NOW });
          await insertVerification(db, verificationRow(store, id, id, NOW));
        });
      }
    };
    const writing = write();
    const from = place(url);
    let [least, most] = [0, 0];
    const beside: DatabasePlace = {
      ...from,
      openToRead: async (moments) => {
        least = pairs - 1;
        const database = await from.openToRead(moments);
        most = pairs;
        // So many are written between its first row and its last.
        while (pairs < most + BESIDE) await new Promise((resolve) => setImmediate(resolve));
        return database;
      },
    };
    const { file } = await make(beside);
    going = false;
    await writing;
    const into = await empty();
    await restore(file, place(into));
    const [was, is] = [await contents(url), await contents(into)];
    const ids = (rows: unknown[] | undefined, column: "client_id" | "id"): string[] =>
      (rows as Record<string, string>[]).map((row) => row[column]!).filter((id) => id.startsWith("pair-"));
    const [clients, verifications] = [ids(is["clients"], "id"), ids(is["verifications"], "client_id")];
    expect([...verifications].sort()).to.deep.equal([...clients].sort());
    expect(clients.length).to.be.within(least, most);
    expect(was["clients"]!.length).to.be.greaterThan(is["clients"]!.length + BESIDE - 2);
    for (const name of ["clients", "verifications"])
      expect(was[name], name).to.include.deep.members(is[name]!);
  });

  it("is not restored over anything, and leaves nothing where it is broken off", async () => {
    const { file } = await make(place(url));
    const into = await empty();
    const taken = await Store.open(at("taken"), into);
    await taken.write((db) => insertClient(db, { id: "x", name: "x", created_at: NOW }));
    await taken.close();
    expect(await codeOf(restore(file, place(into)))).to.equal("not_empty");
    const other = await empty();
    const power = new Error("the power went");
    const failing: DatabasePlace = {
      ...place(other),
      open: async (opening) => {
        const database = await place(other).open(opening);
        return {
          ...database,
          foreignVersion: 0,
          write: (work) =>
            database.write(async (db) => {
              await work(db);
              throw power;
            }),
        };
      },
    };
    const dataDir = at("broken off");
    expect(await codeOf(restore(file, failing, dataDir))).to.equal(power);
    expect(await codeOf(refuseUnfinishedRestore(dataDir, place(other)))).to.equal("restore_unfinished");
    for (const rows of Object.values(await contents(other))) expect(rows).to.deep.equal([]);
    await restore(file, place(other), dataDir);
    expect(await contents(other)).to.deep.equal(await contents(url));
    expect(await codeOf(refuseUnfinishedRestore(dataDir, place(other)))).to.equal("it went well");
  });

  it("is refused where what was written is not what was read", async () => {
    const { file } = await make(place(url));
    const into = await empty();
    const forging: DatabasePlace = {
      ...place(into),
      open: async (opening) => {
        const database = await place(into).open(opening);
        // As a trigger of somebody's own would.
        await (
          await sharedPostgres()
        ).ask(
          `create function other() returns trigger language plpgsql as $$ begin new.name = new.name || 'x'; return new; end $$;
           create trigger other before insert on clients for each row execute function other()`,
          into,
        );
        return database;
      },
    };
    expect(await codeOf(restore(file, forging))).to.equal("not_the_same");
    expect((await contents(into))["clients"]).to.deep.equal([]);
  });

  it("is not made while the data key is rotated, at whichever machine", async () => {
    await store.write((db) => putMeta(db, COMING_FINGERPRINT_KEY, "another"));
    try {
      expect(await codeOf(make(place(url)))).to.equal("key_rotating");
    } finally {
      await store.write((db) => db.deleteFrom("meta").where("key", "=", COMING_FINGERPRINT_KEY).execute());
    }
  });

  it("takes in a backup of an older version of SQLite's, and brings it up to date", async () => {
    const dataDir = at("older");
    await mkdir(dataDir);
    openVault(dataDir, false);
    const sqlite = new BetterSqlite(path.join(dataDir, "honnin.db"));
    const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
    const provider = { getMigrations: () => Promise.resolve(MIGRATIONS) };
    await new Migrator({ db: kysely, provider }).migrateTo(OLDER);
    sqlite.exec("insert into clients values ('cli_a', 'shop', 0)");
    await kysely.destroy();
    const order = { dataDir, promptsDir: path.join(dataDir, "prompts"), withKeys: false, encryption: null };
    await makeBackup({
      ...order,
      place: databasePlace(dataDir, undefined),
      file: at("older backup"),
      now: NOW,
    });
    const into = await empty();
    const restored = await restore(at("older backup"), place(into));
    await mkdir(path.join(restored.dataDir, "keys"));
    await copyFile(path.join(dataDir, "keys/data.key"), path.join(restored.dataDir, "keys/data.key"));
    expect(await place(into).age()).to.equal("current");
    const opened = await Store.open(restored.dataDir, into);
    expect((await listClients(opened.read)).map(({ id }) => id)).to.deep.equal(["cli_a"]);
    await opened.close();
  });
});

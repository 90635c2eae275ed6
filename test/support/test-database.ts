import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { type Kysely, sql } from "kysely";
import pg from "pg";
import { Store } from "../../src/store/store.js";
import { openVault } from "../../src/vault/open-vault.js";
import { sharedPostgres } from "./postgres.js";

/** `HONNIN_TEST_DATABASE=postgres`: the same tests over PostgreSQL. `scripts/test.mjs` runs many over both. */
const OVER = process.env["HONNIN_TEST_DATABASE"] === "postgres" ? "postgres" : "sqlite";

/** The advisory lock of PostgreSQL that every writer takes: `src/store/postgres/writers-turn.ts`. */
const WRITERS_TURN = "1752133230, 1";

/** What belongs to the data directory of a test, which may open it again. */
const urls = new Map<string, Promise<string>>();

/** The database of a data directory; undefined: the one of SQLite that lies in it. */
export async function databaseUrlOf(dataDir: string): Promise<string | undefined> {
  if (OVER === "sqlite") return undefined;
  let url = urls.get(dataDir);
  if (url === undefined) {
    url = sharedPostgres().then((server) => server.database());
    // Its tables are there already, made for another: where there are tables no key is made.
    openVault(dataDir, false);
    urls.set(dataDir, url);
  }
  return url;
}

/** By which commands find the database of a data directory that was opened before. */
export async function databaseSettings(dataDir: string): Promise<Readonly<Record<string, string>>> {
  const url = await urls.get(dataDir);
  return url === undefined ? {} : { HONNIN_DATABASE_URL: url };
}

/** As a service would open it; the tests' own writer beside another is no service. */
export async function openStore(dataDir: string): Promise<Store> {
  return Store.open(dataDir, await databaseUrlOf(dataDir));
}

/** Another program writes for longer than a commit waits. @returns lets the others go on. */
export async function holdDatabase(dataDir: string): Promise<() => Promise<void>> {
  const url = await databaseUrlOf(dataDir);
  if (url === undefined) {
    const holder = new BetterSqlite(path.join(dataDir, "honnin.db"));
    holder.exec("begin immediate");
    return () => Promise.resolve(void holder.close());
  }
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query(`begin; select pg_advisory_xact_lock(${WRITERS_TURN})`);
  return () => holder.end();
}

/** All that is stored, as bytes and as text: of SQLite its files, of PostgreSQL each row of each table. */
export async function storedBytes(dataDir: string, store: Store): Promise<readonly Buffer[]> {
  if (OVER === "sqlite") {
    const files = ["honnin.db", "honnin.db-wal"].map((name) => path.join(dataDir, name));
    return files.filter((file) => existsSync(file)).map((file) => readFileSync(file));
  }
  return rowsOf(store.read as unknown as Kysely<unknown>);
}

/** Bytes stand in rows as `\x…`, and once more as what they are. */
async function rowsOf(db: Kysely<unknown>): Promise<Buffer[]> {
  const { rows: tables } = await sql<{ tablename: string }>`
    select tablename from pg_tables where schemaname = current_schema()`.execute(db);
  const found: Buffer[] = [];
  for (const { tablename } of tables) {
    const { rows } = await sql<{ text: string }>`
      select t::text as text from ${sql.table(tablename)} as t`.execute(db);
    for (const { text } of rows) {
      found.push(Buffer.from(text));
      for (const [, hex = ""] of text.matchAll(/\\x((?:[0-9a-f]{2})+)/g)) found.push(Buffer.from(hex, "hex"));
    }
  }
  return found;
}

/** What only SQLite has: files in the data directory, other programs that lock them. */
export function itOnSqlite(title: string, test: Mocha.AsyncFunc): void {
  if (OVER === "sqlite") it(title, test);
}

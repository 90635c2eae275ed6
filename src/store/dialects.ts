import path from "node:path";
import type { Database, DatabasePlace } from "./database.js";
import { copyStem, keptCopies } from "./kept-copies.js";
import { postgresAt } from "./postgres/postgres-database.js";
import { MIGRATIONS } from "./sqlite/migrations.js";
import { sqliteAt } from "./sqlite/sqlite-database.js";

/** An empty database of this version, that is gone with the process. */
export const openEmpty = (): Promise<Database> => sqliteAt(":memory:").openToRead();

const postgres = (url: string, dataDir: string): DatabasePlace =>
  postgresAt(url, {
    // Written in SQLite's words for types, and read by both.
    migrations: MIGRATIONS,
    openEmpty,
    kept: () => keptCopies(copyStem(dataDir)),
  });

/**
 * By the scheme of `HONNIN_DATABASE_URL`; each has a folder beside this file.
 */
const DIALECTS: Readonly<Record<string, (url: string, dataDir: string) => DatabasePlace>> = {
  sqlite: (url) => sqliteAt(path.resolve(url.slice("sqlite:".length))),
  postgres,
  postgresql: postgres,
};

/**
 * Where what is stored is.
 *
 * @param url undefined: a SQLite database in the data directory.
 */
export function databasePlace(dataDir: string, url: string | undefined): DatabasePlace {
  if (url === undefined) return sqliteAt(path.join(dataDir, "honnin.db"));
  const dialect = DIALECTS[url.slice(0, url.indexOf(":"))];
  // The settings accept no others.
  if (dialect === undefined) throw new Error("there is no database of this kind");
  return dialect(url, dataDir);
}

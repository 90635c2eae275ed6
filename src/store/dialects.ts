import path from "node:path";
import type { DatabasePlace } from "./database.js";
import { sqliteAt } from "./sqlite/sqlite-database.js";

/** By the scheme of `HONNIN_DATABASE_URL`; each has a folder beside this file. */
const DIALECTS: Readonly<Record<string, (url: string) => DatabasePlace>> = {
  sqlite: (url) => sqliteAt(path.resolve(url.slice("sqlite:".length))),
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
  return dialect(url);
}

import type BetterSqlite from "better-sqlite3";

/**
 * How a database stands to this program: `new` has nothing in it yet; `older` lacks changes that a newer program made,
 * `newer` has some that this one does not know.
 */
export type DatabaseAge = "new" | "older" | "current" | "newer";

/** The database is not as this program needs it, and is not to be changed now. */
export class DatabaseVersionError extends Error {
  readonly code: "database_older" | "database_newer";

  constructor(age: "older" | "newer", file: string) {
    super(
      age === "older"
        ? `${file} was made by an older Honnin: start the service of this version once, which brings it up to date, ` +
            "or use the commands of the version whose service runs"
        : `${file} was used by a newer Honnin: use the program of that version (going back takes a backup from before)`,
    );
    this.name = "DatabaseVersionError";
    this.code = age === "older" ? "database_older" : "database_newer";
  }
}

/** @param known the names of the changes that this program knows. Reads only. */
export function ageOf(connection: BetterSqlite.Database, known: readonly string[]): DatabaseAge {
  const table = connection.prepare("select 1 from sqlite_master where name = 'kysely_migration'").get();
  if (table === undefined) return "new";
  const made = connection.prepare<[], string>("select name from kysely_migration").pluck().all();
  if (made.some((name) => !known.includes(name))) return "newer";
  return made.length < known.length ? "older" : "current";
}

import BetterSqlite from "better-sqlite3";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.js";

/** Which SQLite connection a Kysely handle speaks to. */
const connections = new WeakMap<Kysely<Schema>, BetterSqlite.Database>();

export function runsOn(handle: Kysely<Schema>, connection: BetterSqlite.Database): void {
  connections.set(handle, connection);
}

/** The connection below a handle, for queries that are compiled already. */
export function sqliteOf(handle: Kysely<Schema>): BetterSqlite.Database {
  const connection = connections.get(handle);
  if (connection === undefined) throw new Error("this handle belongs to no opened database");
  return connection;
}

/** Whether another connection had the lock; then the same may go well a moment later. */
export function isBusy(error: unknown): boolean {
  return error instanceof BetterSqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

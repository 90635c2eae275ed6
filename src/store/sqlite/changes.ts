import type { Kysely } from "kysely";
import type { Schema } from "../schema.js";
import { sqliteOf } from "./sqlite-handle.js";

/**
 * A number that is another whenever another process has changed the database since (a command beside the service), and
 * is the same whatever this process writes: what was read and kept need not be read again while it is the same. It
 * costs two microseconds, and no lock.
 *
 * https://www.sqlite.org/pragma.html#pragma_data_version: it tells of all connections but the one that asks, so the one
 * that writes is asked; our others only read.
 */
export function foreignVersion(writer: Kysely<Schema>): number {
  return sqliteOf(writer).pragma("data_version", { simple: true }) as number;
}

import type { Kysely, Selectable } from "kysely";
import type { AdminRow } from "./admins.js";
import type { AdminSessionTable } from "./admin-schema.js";
import { compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";

export type AdminSessionRow = Selectable<AdminSessionTable>;

/** A session with what its account may do at this moment. */
export type OpenSession = Omit<AdminSessionRow, "hash"> & Pick<AdminRow, "name" | "role">;

export async function insertSession(db: Kysely<Schema>, row: AdminSessionRow): Promise<void> {
  await db.insertInto("admin_sessions").values(row).execute();
}

const byHash = compiledFirst((db, { hash }: { hash: Buffer }) =>
  db
    .selectFrom("admin_sessions")
    .innerJoin("admins", "admins.id", "admin_sessions.admin_id")
    .select(["admin_sessions.id", "admin_id", "admin_sessions.created_at", "last_seen_at", "expires_at"])
    .select(["address", "agent", "name", "role", "disabled_at"])
    .where("hash", "=", hash),
);

/**
 * The session of a cookie; undefined when it was ended, has run out, was idle for too long, or its account may not log
 * in any more.
 *
 * @param idleMs how long it may be idle.
 */
export async function findSession(
  db: Kysely<Schema>,
  hash: Buffer,
  now: number,
  idleMs: number,
): Promise<OpenSession | undefined> {
  const row = await byHash(db, { hash });
  if (row === undefined) return undefined;
  const { disabled_at, ...session } = row;
  const isOver = session.expires_at <= now || session.last_seen_at + idleMs <= now;
  return disabled_at !== null || isOver ? undefined : session;
}

/** Notes that it was used. */
export async function touchSession(db: Kysely<Schema>, hash: Buffer, now: number): Promise<void> {
  await db.updateTable("admin_sessions").set({ last_seen_at: now }).where("hash", "=", hash).execute();
}

/** Of one account, or of all, the latest first. */
export function listSessions(db: Kysely<Schema>, adminId?: string): Promise<OpenSession[]> {
  let query = db
    .selectFrom("admin_sessions")
    .innerJoin("admins", "admins.id", "admin_sessions.admin_id")
    .select(["admin_sessions.id", "admin_id", "admin_sessions.created_at", "last_seen_at", "expires_at"])
    .select(["address", "agent", "name", "role"])
    .orderBy("last_seen_at", "desc");
  if (adminId !== undefined) query = query.where("admin_id", "=", adminId);
  return query.execute();
}

export async function deleteSession(db: Kysely<Schema>, id: string): Promise<void> {
  await db.deleteFrom("admin_sessions").where("id", "=", id).execute();
}

/** Ends the one of a cookie, if there is one. */
export async function deleteSessionByHash(db: Kysely<Schema>, hash: Buffer): Promise<void> {
  await db.deleteFrom("admin_sessions").where("hash", "=", hash).execute();
}

/** Ends all of an account. */
export async function deleteSessionsOf(db: Kysely<Schema>, adminId: string): Promise<void> {
  await db.deleteFrom("admin_sessions").where("admin_id", "=", adminId).execute();
}

/** Forgets those that are over. */
export async function pruneSessions(db: Kysely<Schema>, now: number): Promise<void> {
  await db.deleteFrom("admin_sessions").where("expires_at", "<=", now).execute();
}

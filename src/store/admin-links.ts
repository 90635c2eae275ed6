import type { Kysely, Selectable } from "kysely";
import type { AdminLinkTable } from "./admin-schema.js";
import type { Schema } from "./schema.js";

export type AdminLinkRow = Selectable<AdminLinkTable>;

export async function insertLink(db: Kysely<Schema>, row: AdminLinkRow): Promise<void> {
  await db.insertInto("admin_links").values(row).execute();
}

/** One that still works. */
export function findLink(db: Kysely<Schema>, hash: Buffer, now: number): Promise<AdminLinkRow | undefined> {
  return db
    .selectFrom("admin_links")
    .selectAll()
    .where("hash", "=", hash)
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

/** It works no more. */
export async function deleteLink(db: Kysely<Schema>, hash: Buffer): Promise<void> {
  await db.deleteFrom("admin_links").where("hash", "=", hash).execute();
}

/** None works any more of those that make the first account, of whatever name. */
export async function deleteFirstLinks(db: Kysely<Schema>): Promise<void> {
  await db.deleteFrom("admin_links").where("admin_id", "is", null).where("name", "is", null).execute();
}

/** None works any more that renews the ways in of this account. */
export async function deleteLinksOf(db: Kysely<Schema>, adminId: string): Promise<void> {
  await db.deleteFrom("admin_links").where("admin_id", "=", adminId).execute();
}

/** Forgets those that work no more. */
export async function pruneLinks(db: Kysely<Schema>, now: number): Promise<void> {
  await db.deleteFrom("admin_links").where("expires_at", "<=", now).execute();
}

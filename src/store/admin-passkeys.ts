import type { Kysely, Selectable } from "kysely";
import type { AdminPasskeyTable } from "./admin-schema.js";
import type { Schema } from "./schema.js";

export type AdminPasskeyRow = Selectable<AdminPasskeyTable>;

/** @returns false when it is registered already. */
export async function insertPasskey(db: Kysely<Schema>, row: AdminPasskeyRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("admin_passkeys")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export function findPasskey(db: Kysely<Schema>, id: string): Promise<AdminPasskeyRow | undefined> {
  return db.selectFrom("admin_passkeys").selectAll().where("id", "=", id).executeTakeFirst();
}

export function listPasskeys(db: Kysely<Schema>, adminId: string): Promise<AdminPasskeyRow[]> {
  return db
    .selectFrom("admin_passkeys")
    .selectAll()
    .where("admin_id", "=", adminId)
    .orderBy("created_at")
    .execute();
}

/** Notes that it was used. */
export async function usePasskey(
  db: Kysely<Schema>,
  id: string,
  counter: number,
  now: number,
): Promise<void> {
  await db.updateTable("admin_passkeys").set({ counter, last_used_at: now }).where("id", "=", id).execute();
}

/** One of this account. */
export async function deletePasskey(db: Kysely<Schema>, adminId: string, id: string): Promise<void> {
  await db.deleteFrom("admin_passkeys").where("admin_id", "=", adminId).where("id", "=", id).execute();
}

export async function deletePasskeysOf(db: Kysely<Schema>, adminId: string): Promise<void> {
  await db.deleteFrom("admin_passkeys").where("admin_id", "=", adminId).execute();
}

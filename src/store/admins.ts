import type { Insertable, Kysely, Selectable } from "kysely";
import type { AdminTable } from "./admin-schema.js";
import type { Schema } from "./schema.js";
import { held } from "./session.js";

export type AdminRow = Selectable<AdminTable>;

/** By which a name is found: people write their own in either case. */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** @returns false when an account of that name is there already. */
export async function insertAdmin(
  db: Kysely<Schema>,
  row: Omit<Insertable<AdminTable>, "name_key">,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("admins")
    .values({ ...row, name_key: nameKey(row.name) })
    .onConflict((conflict) => conflict.column("name_key").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Of any state, also one that may not log in. */
export function findAdmin(db: Kysely<Schema>, id: string): Promise<AdminRow | undefined> {
  return db.selectFrom("admins").selectAll().where("id", "=", id).$call(held(db)).executeTakeFirst();
}

export function findAdminByName(db: Kysely<Schema>, name: string): Promise<AdminRow | undefined> {
  return db
    .selectFrom("admins")
    .selectAll()
    .where("name_key", "=", nameKey(name))
    .$call(held(db))
    .executeTakeFirst();
}

export function listAdmins(db: Kysely<Schema>): Promise<AdminRow[]> {
  return db.selectFrom("admins").selectAll().orderBy("name_key").execute();
}

/** Whether anybody at all may manage accounts. */
export async function hasAdmin(db: Kysely<Schema>): Promise<boolean> {
  const row = await db
    .selectFrom("admins")
    .select("id")
    .where("role", "=", "admin")
    .where("disabled_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function updateAdmin(
  db: Kysely<Schema>,
  id: string,
  change: Partial<Omit<AdminRow, "id" | "name" | "name_key" | "created_at">>,
): Promise<void> {
  await db.updateTable("admins").set(change).where("id", "=", id).execute();
}

/** Makes these the only recovery codes of an account. */
export async function replaceRecoveryCodes(
  db: Kysely<Schema>,
  adminId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await db.deleteFrom("admin_recovery_codes").where("admin_id", "=", adminId).execute();
  if (hashes.length === 0) return;
  const rows = hashes.map((hash) => ({ admin_id: adminId, hash, used_at: null }));
  await db.insertInto("admin_recovery_codes").values(rows).execute();
}

/** @returns false when it is none of this account, or was used. */
export async function useRecoveryCode(
  db: Kysely<Schema>,
  adminId: string,
  hash: Buffer,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("admin_recovery_codes")
    .set({ used_at: now })
    .where("hash", "=", hash)
    .where("admin_id", "=", adminId)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** How many are left. */
export async function countRecoveryCodes(db: Kysely<Schema>, adminId: string): Promise<number> {
  const row = await db
    .selectFrom("admin_recovery_codes")
    .select((eb) => eb.fn.countAll<number>().as("left"))
    .where("admin_id", "=", adminId)
    .where("used_at", "is", null)
    .executeTakeFirstOrThrow();
  return row.left;
}

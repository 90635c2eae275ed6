import type { Kysely, Selectable } from "kysely";
import type { FailedLogInTable } from "./admin-schema.js";
import type { Schema } from "./schema.js";

export type FailedLogInRow = Selectable<FailedLogInTable>;

type Key = Pick<FailedLogInRow, "address" | "target">;

export function findFailedLogIns(
  db: Kysely<Schema>,
  { address, target }: Key,
): Promise<FailedLogInRow | undefined> {
  return db
    .selectFrom("failed_log_ins")
    .selectAll()
    .where("address", "=", address)
    .where("target", "=", target)
    .executeTakeFirst();
}

/** How many addresses and names are counted now. */
export async function countFailedLogIns(db: Kysely<Schema>): Promise<number> {
  const { count } = await db
    .selectFrom("failed_log_ins")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

/** Those of which the counting began by some time. */
export function listFailedLogIns(db: Kysely<Schema>, by: number): Promise<FailedLogInRow[]> {
  return db.selectFrom("failed_log_ins").selectAll().where("since", "<=", by).execute();
}

export async function insertFailedLogIns(db: Kysely<Schema>, row: FailedLogInRow): Promise<void> {
  await db.insertInto("failed_log_ins").values(row).execute();
}

export async function updateFailedLogIns(
  db: Kysely<Schema>,
  { address, target }: Key,
  to: Pick<FailedLogInRow, "told" | "untold" | "last_at">,
): Promise<void> {
  await db
    .updateTable("failed_log_ins")
    .set(to)
    .where("address", "=", address)
    .where("target", "=", target)
    .execute();
}

export async function deleteFailedLogIns(db: Kysely<Schema>, { address, target }: Key): Promise<void> {
  await db.deleteFrom("failed_log_ins").where("address", "=", address).where("target", "=", target).execute();
}

import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";

/** A fact about the database itself; undefined while nobody has noted it. */
export async function findMeta(db: Kysely<Schema>, key: string): Promise<string | undefined> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", key).executeTakeFirst();
  return row?.value;
}

/** Notes one. What was noted first stays. */
export async function insertMeta(db: Kysely<Schema>, key: string, value: string): Promise<void> {
  await db
    .insertInto("meta")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}

export async function deleteMeta(db: Kysely<Schema>, key: string): Promise<void> {
  await db.deleteFrom("meta").where("key", "=", key).execute();
}

/** Notes one in the place of what was noted. */
export async function putMeta(db: Kysely<Schema>, key: string, value: string): Promise<void> {
  await db
    .insertInto("meta")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
}

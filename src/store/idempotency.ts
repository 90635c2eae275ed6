import type { Insertable, Kysely } from "kysely";
import type { IdempotencyKeyTable, Schema } from "./schema.js";

/** How long a key is remembered, milliseconds: longer than any client's retries. */
const LIFE_MS = 24 * 3600 * 1000;

export function findIdempotencyKey(
  db: Kysely<Schema>,
  clientId: string,
  key: string,
  now: number,
): Promise<IdempotencyKeyTable | undefined> {
  return db
    .selectFrom("idempotency_keys")
    .selectAll()
    .where("client_id", "=", clientId)
    .where("key", "=", key)
    .where("created_at", ">", now - LIFE_MS)
    .executeTakeFirst();
}

/** Remembers a key, and forgets those that are past their life. */
export async function insertIdempotencyKey(
  db: Kysely<Schema>,
  row: Insertable<IdempotencyKeyTable>,
): Promise<void> {
  await db
    .deleteFrom("idempotency_keys")
    .where("created_at", "<=", row.created_at - LIFE_MS)
    .execute();
  await db.insertInto("idempotency_keys").values(row).execute();
}

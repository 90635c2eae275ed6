import type { Insertable, Kysely } from "kysely";
import type { IdempotencyKeyTable, Schema } from "./schema.js";

/** How long a key is remembered, milliseconds: longer than any client's retries. */
export const IDEMPOTENCY_KEY_LIFE_MS = 24 * 3600 * 1000;

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
    .where("created_at", ">", now - IDEMPOTENCY_KEY_LIFE_MS)
    .executeTakeFirst();
}

/** Remembers a key; one of the same name can only be there when it is past its life. */
export async function insertIdempotencyKey(
  db: Kysely<Schema>,
  row: Insertable<IdempotencyKeyTable>,
): Promise<void> {
  await db.replaceInto("idempotency_keys").values(row).execute();
}

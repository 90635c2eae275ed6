import type { Kysely } from "kysely";
import type { IdempotencyKeyTable, Schema } from "./schema.js";
import { DAY_MS } from "../verification/durations.js";

/** An Idempotency-Key and the keyed hash of what was sent with it. */
export interface Idempotency {
  readonly key: string;
  readonly requestHash: Buffer;
}

/** How long a key is remembered, milliseconds: longer than any client's retries. */
export const IDEMPOTENCY_KEY_LIFE_MS = DAY_MS;

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

/** What a key stands for. */
type Named = { readonly verification_seq: number } | { readonly enrollment_seq: number };

/**
 * Remembers a key, if there is one, in the transaction of what it stands for: a crash can leave neither without the
 * other. One of the same name can only be there when it is past its life.
 *
 * @param row the registration or enrollment that came with it.
 */
export async function rememberIdempotencyKey(
  db: Kysely<Schema>,
  row: { readonly client_id: string; readonly created_at: number },
  idempotency: Idempotency | null,
  named: Named,
): Promise<void> {
  if (idempotency === null) return;
  const { client_id, created_at } = row;
  const { key, requestHash } = idempotency;
  const stands = {
    request_hash: requestHash,
    created_at,
    verification_seq: null,
    enrollment_seq: null,
    ...named,
  };
  await db
    .insertInto("idempotency_keys")
    .values({ client_id, key, ...stands })
    .onConflict((conflict) => conflict.columns(["client_id", "key"]).doUpdateSet(stands))
    .execute();
}

/**
 * Deletes a batch of the Idempotency-Keys from before a time, epoch milliseconds.
 *
 * @returns how many that were.
 */
export async function pruneIdempotencyKeys(
  db: Kysely<Schema>,
  before: number,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("idempotency_keys")
    .where((eb) =>
      eb(
        eb.refTuple("client_id", "key"),
        "in",
        eb
          .selectFrom("idempotency_keys as old")
          .select(["old.client_id", "old.key"])
          .where("old.created_at", "<=", before)
          .orderBy("old.created_at")
          .limit(limit)
          .$asTuple("client_id", "key"),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

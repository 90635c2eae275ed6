import type { Kysely } from "kysely";
import { findIdempotencyKey, type Idempotency } from "../store/idempotency-keys.js";
import type { Schema } from "../store/schema.js";

/** What an Idempotency-Key was used for before. */
export type EarlierUse =
  /** It came with another request. */
  | { readonly kind: "key_reused" }
  /** The same request; `seq` is of what it made or repeated, `at` when that was answered. */
  | { readonly kind: "same"; readonly seq: number; readonly at: number };

/**
 * Looks whether a request has come before, by its Idempotency-Key; within the caller's transaction.
 *
 * @param made what requests like this one make.
 */
export async function earlierUse(
  db: Kysely<Schema>,
  row: { readonly client_id: string; readonly created_at: number },
  idempotency: Idempotency | null,
  made: "verification_seq" | "enrollment_seq",
): Promise<EarlierUse | null> {
  if (idempotency === null) return null;
  const used = await findIdempotencyKey(db, row.client_id, idempotency.key, row.created_at);
  if (used === undefined) return null;
  const seq = used[made];
  if (seq === null || !used.request_hash.equals(idempotency.requestHash)) return { kind: "key_reused" };
  return { kind: "same", seq, at: used.created_at };
}

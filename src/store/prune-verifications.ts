import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";

/**
 * Deletes a batch of verifications that ended long ago, with their calls: of the oldest, in the order in which they
 * were registered, all but the young and the open ones.
 *
 * @param before epoch milliseconds; what was registered later, or has not ended, stays.
 * @returns how many that were; fewer than the limit: there are no more.
 */
export async function pruneVerifications(db: Kysely<Schema>, before: number, limit: number): Promise<number> {
  const oldest = await db
    .selectFrom("verifications")
    .select(["seq", "created_at", "completed_at"])
    .orderBy("seq")
    .limit(limit)
    .execute();
  const seqs = oldest
    .filter(({ created_at, completed_at }) => created_at < before && completed_at !== null)
    .map(({ seq }) => seq);
  if (seqs.length === 0) return 0;
  await db.deleteFrom("attempts").where("verification_seq", "in", seqs).execute();
  await db.deleteFrom("idempotency_keys").where("verification_seq", "in", seqs).execute();
  await db.deleteFrom("verifications").where("seq", "in", seqs).execute();
  return seqs.length;
}

import type { Kysely } from "kysely";
import type { Vault } from "../vault/vault.js";
import { putAuditAnchor } from "./audit-anchor.js";
import type { Schema } from "./schema.js";

/**
 * Deletes a batch of the oldest lines of the audit trail, and keeps the hash of the last of them, with a keyed hash of
 * its own: the rest is verified from there. The newest line of all stays.
 *
 * @param before epoch milliseconds; later lines stay.
 * @returns how many that were, and the number of the last.
 */
export async function pruneAudit(
  db: Kysely<Schema>,
  vault: Vault,
  before: number,
  limit: number,
): Promise<{ readonly pruned: number; readonly upTo: number }> {
  const oldest = await db
    .selectFrom("audit")
    .select(["seq", "at", "hash"])
    .orderBy("seq")
    .limit(limit + 1)
    .execute();
  const young = oldest.findIndex(({ at }) => at >= before);
  // One more was asked for than may go, so the newest is never among them.
  const old = oldest.slice(0, young === -1 ? -1 : young);
  const last = old.at(-1);
  if (last === undefined) return { pruned: 0, upTo: 0 };
  await putAuditAnchor(db, vault, { seq: last.seq, hash: last.hash });
  await db.deleteFrom("audit").where("seq", "<=", last.seq).execute();
  return { pruned: old.length, upTo: last.seq };
}

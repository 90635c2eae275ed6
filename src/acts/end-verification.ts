import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.js";
import { updateVerification, type VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import type { FinalStatus } from "../verification/status.js";
import { appendVerificationEnded } from "./verification-events.js";

/**
 * Ends a verification and tells its client; within the caller's transaction.
 *
 * @returns false when it had ended already: then nothing is changed or told.
 */
export async function endVerification(
  db: Kysely<Schema>,
  vault: Vault,
  { seq }: Pick<VerificationRow, "seq">,
  end: Partial<Pick<VerificationRow, "reason" | "code_entries">> & { readonly status: FinalStatus },
  now: number,
): Promise<boolean> {
  const ended = await updateVerification(db, { seq }, { ...end, next_attempt_at: null }, now);
  if (ended) await appendVerificationEnded(db, vault, seq, now);
  return ended;
}

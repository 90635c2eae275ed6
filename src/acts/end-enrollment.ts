import type { Kysely } from "kysely";
import { deleteEnrollment, type EnrollmentRow } from "../store/enrollments.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { listOpenOfEnrollment } from "../store/verifications.js";
import { hint } from "../store/hints.js";
import { endVerification } from "./end-verification.js";

/**
 * Deletes an enrollment and cancels what its calls have open, in one transaction: once it is deleted
 * nothing is verified by it any more. Verifications that have ended stay.
 *
 * @returns false when the client has none of that id.
 */
export function endEnrollment(store: Store, clientId: string, id: string, now: number): Promise<boolean> {
  return store.write((db) => endEnrollmentWithin(db, store.vault, clientId, id, now));
}

/** The same within the caller's transaction. */
export async function endEnrollmentWithin(
  db: Kysely<Schema>,
  vault: Vault,
  clientId: string,
  id: string,
  now: number,
): Promise<boolean> {
  const enrollment = await deleteEnrollment(db, clientId, id);
  if (enrollment === undefined) return false;
  await cancelOpenOf(db, vault, enrollment, now);
  return true;
}

/** Cancels what the calls of an enrollment have open, and has them hung up; within the caller's transaction. */
export async function cancelOpenOf(
  db: Kysely<Schema>,
  vault: Vault,
  enrollment: EnrollmentRow,
  now: number,
): Promise<void> {
  for (const row of await listOpenOfEnrollment(db, enrollment)) {
    await endVerification(db, vault, row, { status: "canceled" }, now);
    hint(db, "ended", row.seq, "canceled");
  }
}

import type { Kysely } from "kysely";
import { deleteEnrollment, type EnrollmentRow } from "../store/enrollments.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { appendVerificationEnded } from "./verification-events.js";
import { OPEN, updateVerification } from "../store/verifications.js";

/**
 * Deletes an enrolment and cancels what its calls have open, in one transaction: once it is deleted
 * nothing is verified by it any more. Verifications that have ended stay.
 *
 * @returns false when the client has none of that id.
 */
export async function endEnrollment(
  store: Store,
  clientId: string,
  id: string,
  now: number,
): Promise<boolean> {
  const canceled = await store.write(async (db) => {
    const enrollment = await deleteEnrollment(db, clientId, id);
    if (enrollment === undefined) return undefined;
    return cancelOpenOf(db, store.vault, enrollment, now);
  });
  hintCanceled(store, canceled ?? []);
  return canceled !== undefined;
}

/** Cancels what the calls of an enrolment have open; within the caller's transaction. @returns which. */
export async function cancelOpenOf(
  db: Kysely<Schema>,
  vault: Vault,
  enrollment: EnrollmentRow,
  now: number,
): Promise<number[]> {
  const open = await listOpenOf(db, enrollment);
  for (const row of open) {
    await updateVerification(db, row, { status: "canceled", next_attempt_at: null }, now);
    await appendVerificationEnded(db, vault, row.seq, now);
  }
  return open.map(({ seq }) => seq);
}

/** Their calls are told, once it is committed. */
export function hintCanceled(store: Store, canceled: readonly number[]): void {
  for (const seq of canceled) store.hintEnded(seq, "canceled");
}

function listOpenOf(db: Kysely<Schema>, enrollment: EnrollmentRow): Promise<{ seq: number }[]> {
  return db
    .selectFrom("verifications")
    .select("seq")
    .where("client_id", "=", enrollment.client_id)
    .where("number_index", "=", enrollment.number_index)
    .where("enrollment_id", "=", enrollment.id)
    .where("status", "in", OPEN)
    .execute();
}

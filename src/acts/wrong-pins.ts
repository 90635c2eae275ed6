import type { Kysely } from "kysely";
import type { CallerProof } from "../verification/caller-proof.js";
import { pinLock } from "../verification/pin-lock.js";
import { type EnrollmentRow, updateEnrollment } from "../store/enrollments.js";
import { tellClient } from "./tell-client.js";
import { presentEnrollment } from "../representation/enrollment.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";

/**
 * One more wrong PIN of an enrollment; its owner is told when that was the end of the PIN.
 *
 * @returns the enrollment as it is then.
 */
export async function countWrongPin(
  db: Kysely<Schema>,
  vault: Vault,
  enrollment: EnrollmentRow,
  caller: CallerProof,
  cap: number,
  now: number,
): Promise<EnrollmentRow> {
  const count = caller === "proved" ? "wrong_pins_proved" : "wrong_pins_unproved";
  const counted = { ...enrollment, [count]: enrollment[count] + 1 };
  await updateEnrollment(db, enrollment, { [count]: counted[count] });
  if (pinLock(counted, cap) === pinLock(enrollment, cap)) return counted;
  const about = { clientId: enrollment.client_id, verificationSeq: null, now };
  await tellClient(db, vault, "enrollment.pin_locked", presentEnrollment(counted, vault, cap), about);
  return counted;
}

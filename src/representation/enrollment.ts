import type { EnrollmentRow } from "../store/enrollments.js";
import { time } from "./verification.js";
import type { Vault } from "../vault/vault.js";
import { pinLock } from "../verification/pin-lock.js";

/**
 * An enrolment as the API returns it. Of its PIN only that there is one, and whether it has come to its end.
 *
 * @param maxWrongPins as in `GuardLimits`.
 */
export function presentEnrollment(
  row: EnrollmentRow,
  vault: Vault,
  maxWrongPins: number,
): Record<string, unknown> {
  return {
    id: row.id,
    phone_number: vault.decipherNumber(row.number_cipher),
    line_type: row.line_type,
    dids: row.dids === null ? null : (JSON.parse(row.dids) as unknown),
    has_pin: row.pin_hash !== null,
    pin_locked: pinLock(row, maxWrongPins),
    locale: row.locale,
    expires_at: time(row.expires_at),
    created_at: time(row.created_at),
    metadata: JSON.parse(row.metadata) as unknown,
    last_used_at: time(row.last_used_at),
  };
}

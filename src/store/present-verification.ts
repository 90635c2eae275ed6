import type { AttemptRow, StoredVerification } from "./verifications.js";
import type { Vault } from "./vault.js";

/** A time as the API writes it: RFC 3339, UTC, milliseconds. */
function time(at: number): string;
function time(at: number | null): string | null;
function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/**
 * A verification as the API returns it, DESIGN section 3.
 *
 * @param issuedCode only in the 201, only for `keypad`, only when Honnin issued it.
 */
export function presentVerification(
  { verification: row, attempts }: StoredVerification,
  vault: Vault,
  issuedCode?: string,
): Record<string, unknown> {
  return {
    id: row.id,
    status: row.status,
    reason: row.reason,
    phone_number: vault.decipherNumber(row.number_cipher),
    line_type: row.line_type,
    direction: row.direction,
    channel: row.channel,
    method: row.method,
    locale: row.locale,
    call_to: null,
    ...(issuedCode === undefined ? {} : { code: issuedCode }),
    expires_at: time(row.expires_at),
    created_at: time(row.created_at),
    completed_at: time(row.completed_at),
    code_entries: row.code_entries,
    attempts: attempts.map(presentAttempt),
    metadata: JSON.parse(row.metadata) as unknown,
  };
}

/** A call as the API returns it, DESIGN section 3. */
export function presentAttempt(attempt: AttemptRow): Record<string, unknown> {
  return {
    id: attempt.id,
    direction: attempt.direction,
    started_at: time(attempt.started_at),
    ringing_at: time(attempt.ringing_at),
    answered_at: time(attempt.answered_at),
    ended_at: time(attempt.ended_at),
    outcome: attempt.outcome,
    sip_status: attempt.sip_status,
    q850_cause: attempt.q850_cause,
    caller_evidence: null,
  };
}

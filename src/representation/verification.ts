import type { StoredVerification, VerificationRow } from "../store/verifications.js";
import type { AttemptRow } from "../store/attempts.js";
import type { Vault } from "../vault/vault.js";

/** A time as the API writes it: RFC 3339, UTC, milliseconds. */
export function time(at: number): string;
export function time(at: number | null): string | null;
export function time(at: number | null): string | null {
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
    call_to: row.did,
    enrollment_id: row.enrollment_id,
    ...(issuedCode === undefined ? {} : { code: issuedCode }),
    expires_at: time(row.expires_at),
    created_at: time(row.created_at),
    completed_at: time(row.completed_at),
    code_entries: row.code_entries,
    attempts: attempts.map((attempt) => presentAttempt(attempt, vault)),
    metadata: JSON.parse(row.metadata) as unknown,
  };
}

/** What the 201 of a verification said, as long as its code is known: for a repeated Idempotency-Key. */
export function presentFirstAnswer(row: VerificationRow, vault: Vault): Record<string, unknown> {
  const first: VerificationRow = {
    ...row,
    status: "pending",
    reason: null,
    completed_at: null,
    code_entries: 0,
  };
  // A code that is read aloud is kept too, and was in no answer.
  const issuedCode = row.method === "spoken" ? undefined : (openCode(row, vault) ?? undefined);
  return presentVerification({ verification: first, attempts: [] }, vault, issuedCode);
}

/** The code of an open verification; null when only its hash is kept. */
export function openCode(row: VerificationRow, vault: Vault): string | null {
  return row.code_cipher === null ? null : vault.unseal(row.code_cipher, codeContext(row)).toString("utf8");
}

/** What the ciphertext of a kept code is bound to. */
export function codeContext(row: { readonly client_id: string; readonly id: string }): string {
  return `code/${row.client_id}/${row.id}`;
}

/** What the ciphertext of a call's evidence is bound to. */
export function evidenceContext(attemptId: string): string {
  return `evidence/${attemptId}`;
}

/** A call as the API returns it, DESIGN section 3. */
export function presentAttempt(attempt: AttemptRow, vault: Vault): Record<string, unknown> {
  const { caller_evidence: evidence } = attempt;
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
    note: attempt.note,
    caller_evidence:
      evidence === null
        ? null
        : {
            // Not kept before there was a reason to tell.
            withheld_reason: null,
            ...(JSON.parse(vault.unseal(evidence, evidenceContext(attempt.id)).toString("utf8")) as object),
          },
  };
}

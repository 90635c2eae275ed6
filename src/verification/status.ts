/** The life of a verification and of its calls, as words. DESIGN section 3 fixes them. */

export const VERIFICATION_STATUSES = [
  "pending",
  "in_progress",
  "verified",
  "failed",
  "expired",
  "canceled",
] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

/** Statuses that lead nowhere. */
export type FinalStatus = Exclude<VerificationStatus, "pending" | "in_progress">;

export const FAILURE_REASONS = [
  "wrong_code",
  "no_input",
  "hung_up",
  "no_answer",
  "busy",
  "rejected",
  "unreachable",
  "invalid_number",
  "fraud_reported",
  "over_capacity",
  "service_unavailable",
  "transaction_refused",
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export const CALL_OUTCOMES = [
  "answered",
  "no_answer",
  "busy",
  "rejected",
  "unreachable",
  "canceled",
  "failed",
] as const;

/** Of calls, and behind them what only messages come to. */
export const ATTEMPT_OUTCOMES = [
  ...CALL_OUTCOMES,
  ...(["sent", "delivered", "undelivered", "unknown"] as const),
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** `sent`: a gateway has taken it. `failed`: none did. `canceled`: withdrawn before. `unknown`: it may have gone. */
export type MessageOutcome = Extract<
  AttemptOutcome,
  "sent" | "delivered" | "undelivered" | "failed" | "canceled" | "unknown"
>;

/**
 * Which status may follow which. `in_progress` goes back to `pending` while a redial waits; the
 * four final ones lead nowhere, so a late event can never turn a `failed` into a `verified`.
 */
export const TRANSITIONS: Readonly<Record<VerificationStatus, readonly VerificationStatus[]>> = {
  pending: ["in_progress", "verified", "failed", "expired", "canceled"],
  in_progress: ["pending", "verified", "failed", "expired", "canceled"],
  verified: [],
  failed: [],
  expired: [],
  canceled: [],
};

export function isFinal(status: VerificationStatus): status is FinalStatus {
  return TRANSITIONS[status].length === 0;
}

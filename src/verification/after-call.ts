import { reasonOf } from "./call-outcome.js";
import type { Direction } from "./request-terms.js";
import type { AttemptOutcome, FailureReason, VerificationStatus } from "./status.js";
import { isFinal } from "./status.js";

export interface CallHistory {
  readonly status: VerificationStatus;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly attemptsMade: number;
  readonly maxCallAttempts: number;
  readonly direction: Direction;
  /** The code was read aloud, at least in part, on this call or an earlier one. */
  readonly codeRead: boolean;
}

export type AfterCall =
  /** The verification had been decided while the call lasted. */
  | { readonly kind: "settled" }
  /** @property at epoch milliseconds of the next call */
  | { readonly kind: "redial"; readonly at: number }
  /** Inbound: the person may call again until the deadline. */
  | { readonly kind: "await_call" }
  /** The code was told: what the person types is awaited until the deadline. */
  | { readonly kind: "await_check" }
  | { readonly kind: "fail"; readonly reason: FailureReason };

/** Hung up before the end, busy, no answer; and where the fault was ours or the trunk's. */
const REDIALLED: readonly AttemptOutcome[] = ["answered", "busy", "no_answer", "failed"];

/**
 * What becomes of a verification when one of its calls has ended: nothing, another call after a
 * pause, or failure with the reason of this call (DESIGN section 4). Inbound calls cost us nothing and
 * are the person's to repeat, so they are not counted against `maxCallAttempts`. A redial that could only
 * ring past the deadline is not made, nor one to a person who has declined or a number that cannot be reached.
 *
 * A call on which reading the code has begun leaves the verification to the check, whoever hung up and
 * when: the person may have heard enough (the code is read twice, and many hang up after the first time),
 * and whoever has heard half of it is better off asking for a new one than hearing an old one twice.
 */
export function afterCall(
  history: CallHistory,
  outcome: AttemptOutcome,
  redialPauseMs: number,
  now: number,
): AfterCall {
  if (isFinal(history.status)) return { kind: "settled" };
  if (history.direction === "inbound") return { kind: "await_call" };
  if (history.codeRead) return { kind: "await_check" };
  const at = now + redialPauseMs;
  const left = history.attemptsMade < history.maxCallAttempts && at < history.expiresAt;
  if (left && REDIALLED.includes(outcome)) return { kind: "redial", at };
  return { kind: "fail", reason: reasonOf(outcome) };
}

import type { Kysely } from "kysely";
import { findNumberGuard } from "../store/number-guards.js";
import type { Schema } from "../store/schema.js";
import type { FailureReason } from "../verification/status.js";
import type { GuardLimits } from "../verification/guard-limits.js";

export interface NumberStanding {
  /** Why this number may not be called now; null: it may. */
  readonly block: "fraud_reported" | "too_many_failures" | null;
  /** Wrong codes that are still allowed in a row. */
  readonly failuresLeft: number;
}

/** What a verification fails with whose number may not be called. */
export function reasonOfBlock(block: NonNullable<NumberStanding["block"]>): FailureReason {
  return block === "fraud_reported" ? block : "wrong_code";
}

/** What is held against a number at this moment. A lock that has run out starts a new count. */
export async function numberStanding(
  db: Kysely<Schema>,
  clientId: string,
  numberIndex: Buffer,
  limits: GuardLimits,
  now: number,
): Promise<NumberStanding> {
  const guard = await findNumberGuard(db, { clientId, numberIndex });
  const current = (guard?.last_failure_at ?? 0) + limits.failureLockMs > now;
  const failures = guard !== undefined && current ? guard.consecutive_failures : 0;
  const failuresLeft = Math.max(0, limits.maxConsecutiveFailures - failures);
  if ((guard?.fraud_blocked_until ?? 0) > now) return { block: "fraud_reported", failuresLeft };
  return { block: failuresLeft === 0 ? "too_many_failures" : null, failuresLeft };
}

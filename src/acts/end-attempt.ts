import type { Kysely } from "kysely";
import { type AttemptEnd, type AttemptRow, markEnded } from "../store/attempts.js";
import { countCallsMade } from "../store/messages.js";
import type { Urgency } from "../store/group-commit.js";
import { hint } from "../store/hints.js";
import { callGoesOn } from "../store/open-calls.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { findVerificationBySeq, updateVerification } from "../store/verifications.js";
import { afterCall, type AfterCall } from "../verification/after-call.js";
import { finalCost } from "./admit-call.js";
import { settleAttempt } from "./settle-attempt.js";
import { awaitCheck, goOnOrFail } from "./next-leg.js";
import { restoreCode } from "./renew-code.js";
import { afterTurnedAway } from "./turned-away.js";
import { appendCallEvent } from "./verification-events.js";

/**
 * Ends a call and, in the same transaction, decides what becomes of its verification.
 *
 * @param urgency `soon` where it is known that the verification has ended already.
 */
export function endAttempt(
  store: Store,
  seq: number,
  attemptId: string,
  { story = null, ...end }: AttemptEnd & { readonly story?: string | null },
  redialPauseMs: number,
  now: number,
  urgency: Urgency = "now",
): Promise<AfterCall> {
  return store.write(async (db): Promise<AfterCall> => {
    const attempt = await markEnded(db, { id: attemptId, at: now, story, ...end });
    // Ended already: by a try whose answer was lost, or by another node, which took this one for dead.
    if (attempt === undefined) return { kind: "settled" };
    await appendCallEvent(db, store.vault, "call.ended", attempt, now);
    const row = await findVerificationBySeq(db, seq);
    if (row === undefined) return { kind: "settled" };
    await settleCost(db, row.client_id, attempt, now);
    await restoreCode(db, store.vault, row);
    if (attempt.turned_away !== null) return afterTurnedAway(db, row, attempt.turned_away, now);
    const decision = afterCall(
      {
        status: row.status,
        expiresAt: row.expires_at,
        attemptsMade: row.chain === null ? row.attempts_made : await countCallsMade(db, seq),
        maxCallAttempts: row.max_call_attempts,
        direction: row.direction,
        codeRead: row.code_read_at !== null,
      },
      end.outcome,
      redialPauseMs,
      now,
    );
    switch (decision.kind) {
      case "redial":
        await updateVerification(db, row, { status: "pending", next_attempt_at: decision.at }, now);
        hint(db, "call_due", seq, decision.at);
        break;
      case "await_call":
        // Another call may have taken it meanwhile, and goes on.
        if (!(await callGoesOn(db, seq))) {
          await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
        }
        break;
      case "await_check":
        if (!(await callGoesOn(db, seq))) await awaitCheck(db, row, now);
        break;
      case "fail":
        await goOnOrFail(db, store.vault, row, decision.reason, now);
        break;
      case "settled":
    }
    return decision;
  }, urgency);
}

/** What the call was charged with beyond its cost is given back, to the day and month on which it began. */
async function settleCost(
  db: Kysely<Schema>,
  clientId: string,
  attempt: AttemptRow,
  now: number,
): Promise<void> {
  if (attempt.cost !== null) await settleAttempt(db, clientId, attempt, finalCost(attempt, now));
}

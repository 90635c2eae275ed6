import type { Kysely } from "kysely";
import { afterCall, type AfterCall } from "../verification/after-call.js";
import type { AttemptOutcome, FailureReason } from "../verification/status.js";
import { isFinal } from "../verification/status.js";
import { beginCall } from "./begin-call.js";
import { compiledFirst } from "./compiled.js";
import type { Urgency } from "./group-commit.js";
import { type GuardLimits, numberStanding } from "./number-guards.js";
import { callGoesOn } from "./open-calls.js";
import type { Schema } from "./schema.js";
import type { Store } from "./store.js";
import { afterTurnedAway } from "./turned-away.js";
import { appendCallEvent, appendVerificationEnded } from "./verification-events.js";
import { findVerificationBySeq, updateVerification, type VerificationRow } from "./verifications.js";

/**
 * Takes a verification that waits for a call into progress and notes the call, before it is placed:
 * after a crash the note tells which channel to look for.
 *
 * @returns undefined when no call is to be made: ended meanwhile, taken already, number blocked.
 */
export function beginAttempt(
  store: Store,
  seq: number,
  attemptId: string,
  limits: GuardLimits,
  now: number,
): Promise<VerificationRow | undefined> {
  return store.write(async (db) => {
    const row = await findVerificationBySeq(db, seq);
    if (row === undefined || isFinal(row.status) || row.next_attempt_at === null || row.expires_at <= now) {
      return undefined;
    }
    // Looked at again at each call: the block may be younger than the request.
    const { block } = await numberStanding(db, row.client_id, row.number_index, limits, now);
    if (block !== null && row.direction === "inbound") {
      // A call back: not to be made, but the person may still call.
      await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
      return undefined;
    }
    if (block !== null) {
      const reason = block === "fraud_reported" ? block : "wrong_code";
      await updateVerification(db, row, { status: "failed", reason, next_attempt_at: null }, now);
      await appendVerificationEnded(db, store.vault, seq, now);
      return undefined;
    }
    return beginCall(db, store.vault, row, { id: attemptId, direction: "outbound" }, now);
  });
}

interface Mark {
  readonly id: string;
  readonly at: number;
}

// Once each: undefined when it was marked before.
const ring = compiledFirst((db, { id, at }: Mark) =>
  db
    .updateTable("attempts")
    .set({ ringing_at: at })
    .where("id", "=", id)
    .where("ringing_at", "is", null)
    .returningAll(),
);
const answer = compiledFirst((db, { id, at }: Mark) =>
  db
    .updateTable("attempts")
    .set({ answered_at: at })
    .where("id", "=", id)
    .where("answered_at", "is", null)
    .returningAll(),
);
const finish = compiledFirst((db, { id, at, outcome, sipStatus, q850Cause }: Mark & AttemptEnd) =>
  db
    .updateTable("attempts")
    .set({ ended_at: at, outcome, sip_status: sipStatus, q850_cause: q850Cause })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .returningAll(),
);

export async function markRinging(store: Store, attemptId: string, at: number): Promise<void> {
  await store.write(async (db) => {
    const attempt = await ring(db, { id: attemptId, at });
    await appendCallEvent(db, store.vault, "call.ringing", attempt, at);
  }, "soon");
}

export async function markAnswered(store: Store, attemptId: string, at: number): Promise<void> {
  await store.write(async (db) => {
    const attempt = await answer(db, { id: attemptId, at });
    await appendCallEvent(db, store.vault, "call.answered", attempt, at);
  }, "soon");
}

export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
}

/**
 * Ends a call and, in the same transaction, decides what becomes of its verification.
 *
 * @param urgency `soon` where it is known that the verification has ended already.
 */
export async function endAttempt(
  store: Store,
  seq: number,
  attemptId: string,
  end: AttemptEnd,
  redialPauseMs: number,
  now: number,
  urgency: Urgency = "now",
): Promise<AfterCall> {
  const after = await store.write(async (db): Promise<AfterCall> => {
    const attempt = await finish(db, { id: attemptId, at: now, ...end });
    await appendCallEvent(db, store.vault, "call.ended", attempt, now);
    const row = await findVerificationBySeq(db, seq);
    if (row === undefined) return { kind: "settled" };
    const turnedAway = attempt?.turned_away ?? null;
    if (turnedAway !== null) return afterTurnedAway(db, row, turnedAway, now);
    const decision = afterCall(
      {
        status: row.status,
        expiresAt: row.expires_at,
        attemptsMade: row.attempts_made,
        maxCallAttempts: row.max_call_attempts,
        direction: row.direction,
        codeRead: row.code_read_at !== null,
      },
      end.outcome,
      redialPauseMs,
      now,
    );
    if (decision.kind === "redial") {
      await updateVerification(db, row, { status: "pending", next_attempt_at: decision.at }, now);
    } else if (decision.kind === "await_call" || decision.kind === "await_check") {
      // Another call may have taken it meanwhile, and goes on.
      if (await callGoesOn(db, seq)) return decision;
      await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
    } else if (decision.kind === "fail") {
      const change = { status: "failed" as const, reason: decision.reason, next_attempt_at: null };
      await updateVerification(db, row, change, now);
      await appendVerificationEnded(db, store.vault, seq, now);
    }
    return decision;
  }, urgency);
  if (after.kind === "redial") store.hints.emit("call_due", seq, after.at);
  return after;
}

/**
 * Fails a verification for which no call could be placed at all. An inbound one, which was to be called
 * back, waits for the person to call again.
 */
export function failWithoutCall(
  store: Store,
  seq: number,
  reason: FailureReason,
  now: number,
): Promise<boolean> {
  return store.write(async (db) => {
    const row = await findVerificationBySeq(db, seq);
    // Taken meanwhile: in a call, which will tell its own end.
    if (row === undefined || row.next_attempt_at === null) return false;
    if (row.direction === "inbound") {
      await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
      return false;
    }
    const change = { status: "failed" as const, reason, next_attempt_at: null };
    const changed = await updateVerification(db, row, change, now);
    if (changed) await appendVerificationEnded(db, store.vault, seq, now);
    return changed;
  });
}

/** Calls that were in progress when the process ended. */
export function listUnendedAttempts(store: Store): Promise<{ id: string; verification_seq: number }[]> {
  return store.read
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select(["attempts.id", "attempts.verification_seq"])
    .where("attempts.ended_at", "is", null)
    .execute();
}

/** Those of these ids that are attempts of ours. */
export async function listAttemptIds(db: Kysely<Schema>, ids: readonly string[]): Promise<string[]> {
  const rows = await db.selectFrom("attempts").select("id").where("id", "in", ids).execute();
  return rows.map(({ id }) => id);
}

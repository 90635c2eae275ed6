import type { Kysely } from "kysely";
import { afterCall, type AfterCall } from "../verification/after-call.js";
import type { AttemptOutcome, FailureReason } from "../verification/status.js";
import { isFinal } from "../verification/status.js";
import { admitCall, finalCost } from "./admit-call.js";
import { beginCall } from "./begin-call.js";
import type { BudgetNotice } from "../store/hints.js";
import { settle } from "./budgets.js";
import { type DialLimits, limitsOfClient } from "../clients/call-limits.js";
import { compiledFirst } from "../store/compiled.js";
import type { Urgency } from "../store/sqlite/group-commit.js";
import { numberStanding } from "../store/number-guards.js";
import { callGoesOn } from "../store/open-calls.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import { afterTurnedAway } from "./turned-away.js";
import { appendCallEvent, appendVerificationEnded } from "./verification-events.js";
import {
  type AttemptRow,
  findVerificationBySeq,
  updateVerification,
  type VerificationRow,
} from "../store/verifications.js";

/** When a call is looked at again whose number is in another call, milliseconds: another dialer's, which tells us nothing. */
const IN_CALL_MS = 2_000;

/** What became of a call that was due. */
type Beginning =
  | { readonly kind: "begun"; readonly verification: VerificationRow }
  /** Due again at that time, epoch milliseconds. */
  | { readonly kind: "put_off"; readonly at: number }
  | { readonly kind: "not_to_be" };

/**
 * Takes a verification that waits for a call into progress and notes the call, before it is placed:
 * after a crash the note tells which channel to look for.
 *
 * @param mayBegin asked inside the transaction: the commit may have had to wait, and a stop have come meanwhile.
 * @returns undefined when no call is to be made: ended meanwhile, taken already, number blocked, a limit reached,
 * stopped.
 */
export async function beginAttempt(
  store: Store,
  seq: number,
  attemptId: string,
  limits: DialLimits,
  now: number,
  mayBegin: () => boolean = () => true,
): Promise<VerificationRow | undefined> {
  const { beginning, notices } = await store.write(async (db) => {
    const told: BudgetNotice[] = [];
    const beginning = mayBegin()
      ? await begin(db, store.vault, seq, attemptId, limits, told, now)
      : ({ kind: "not_to_be" } as const);
    return { beginning, notices: told };
  });
  for (const notice of notices) store.hints.emit("budget", notice);
  if (beginning.kind === "put_off") store.hints.emit("call_due", seq, beginning.at);
  return beginning.kind === "begun" ? beginning.verification : undefined;
}

async function begin(
  db: Kysely<Schema>,
  vault: Vault,
  seq: number,
  attemptId: string,
  limits: DialLimits,
  notices: BudgetNotice[],
  now: number,
): Promise<Beginning> {
  const row = await findVerificationBySeq(db, seq);
  if (row === undefined || isFinal(row.status) || row.next_attempt_at === null || row.expires_at <= now) {
    return { kind: "not_to_be" };
  }
  // Looked at again at each call: the block may be younger than the request.
  const { block } = await numberStanding(db, row.client_id, row.number_index, limits, now);
  if (block !== null) return forgo(db, vault, row, block === "fraud_reported" ? block : "wrong_code", now);
  const own = limitsOfClient(limits.calls, await readClientSettings(db, row.client_id));
  const first = row.direction === "outbound" && row.attempts_made === 0;
  const admission = await admitCall(db, vault, row, first, own, notices, now);
  switch (admission.kind) {
    case "admitted": {
      const call = { id: attemptId, direction: "outbound" as const, ...admission.charge };
      return { kind: "begun", verification: await beginCall(db, vault, row, call, now) };
    }
    case "number_in_call": {
      const at = now + IN_CALL_MS;
      await updateVerification(db, row, { status: "pending", next_attempt_at: at }, now);
      return { kind: "put_off", at };
    }
    case "too_many_calls_to_number":
    case "too_many_calls_to_prefix":
    case "budget_exhausted":
      return forgo(db, vault, row, "over_capacity", now);
  }
}

/** No call is to be made. One that was to be a call back is not failed: the person may still call. */
async function forgo(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  reason: FailureReason,
  now: number,
): Promise<Beginning> {
  if (row.direction === "inbound") {
    await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
  } else {
    await updateVerification(db, row, { status: "failed", reason, next_attempt_at: null }, now);
    await appendVerificationEnded(db, vault, row.seq, now);
  }
  return { kind: "not_to_be" };
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
    if (attempt !== undefined) await settleCost(db, row.client_id, attempt, now);
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

const price = compiledFirst((db, { id, cost }: { id: string; cost: number }) =>
  db.updateTable("attempts").set({ cost }).where("id", "=", id),
);

/** What the call was charged with beyond its cost is given back, to the day and month on which it began. */
async function settleCost(
  db: Kysely<Schema>,
  clientId: string,
  attempt: AttemptRow,
  now: number,
): Promise<void> {
  if (attempt.cost === null) return;
  const cost = finalCost(attempt, now);
  if (cost === attempt.cost) return;
  await price(db, { id: attempt.id, cost });
  await settle(db, clientId, attempt.started_at, cost - attempt.cost);
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

import type { Kysely } from "kysely";
import type { AttemptRow } from "../store/attempts.js";
import {
  deleteUnanswered,
  findByReference,
  latestAttempt,
  markAnsweredBy,
  markGiven,
  markReported,
  type MessageAnswer,
  type MessageReport,
} from "../store/messages.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { findVerificationBySeq, updateVerification } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { afterMessage } from "../verification/after-message.js";
import { isFinal } from "../verification/status.js";
import { awaitCheck, goOnOrFail, makeDue } from "./next-leg.js";
import { keepNewCode, restoreCode } from "./renew-code.js";
import { settleAttempt } from "./settle-attempt.js";
import { appendMessageEvent } from "./verification-events.js";

/**
 * Notes what came of handing a message over and, in the same transaction, decides what becomes of its verification. A
 * second answer for one message changes nothing.
 */
export function noteAnswer(
  store: Store,
  attemptId: string,
  answer: MessageAnswer,
  now: number,
): Promise<void> {
  return store.write(async (db) => {
    const attempt = await markAnsweredBy(db, { id: attemptId, at: now, ...answer });
    if (attempt === undefined) return;
    const type = answer.outcome === "sent" ? "message.sent" : "message.failed";
    await appendMessageEvent(db, store.vault, type, attempt, now);
    const row = await findVerificationBySeq(db, attempt.verification_seq);
    if (row === undefined) return;
    const isUnsent = answer.outcome === "failed" || answer.outcome === "canceled";
    if (isUnsent) await settleAttempt(db, row.client_id, attempt, 0);
    if (isFinal(row.status)) return;
    if (isUnsent) await restoreCode(db, store.vault, row);
    else await keepNewCode(db, row);
    if (afterMessage(answer.outcome) === "await_check") await awaitCheck(db, row, now);
    else await goOnOrFail(db, store.vault, row, "service_unavailable", now);
  });
}

/**
 * A gateway is to be given a message whose turn has come: noted before it is, so that after a crash it is known which
 * ones may have gone.
 *
 * @returns false: nobody wants it any more, or another node has taken it over.
 */
export function noteGiven(store: Store, attemptId: string): Promise<boolean> {
  return store.write(async (db) => {
    const given = await markGiven(db, { id: attemptId });
    if (given === undefined) return false;
    const row = await findVerificationBySeq(db, given.verification_seq);
    return row !== undefined && !isFinal(row.status);
  });
}

/** A message that a stop or a crash kept from being handed over is as if it had not been begun: it is due once more. */
export function undoMessage(store: Store, attemptId: string, now: number): Promise<void> {
  return store.write(async (db) => {
    const attempt = await deleteUnanswered(db, { id: attemptId });
    if (attempt === undefined) return;
    const row = await findVerificationBySeq(db, attempt.verification_seq);
    if (row === undefined) return;
    await settleAttempt(db, row.client_id, attempt, 0);
    if (isFinal(row.status)) return;
    await restoreCode(db, store.vault, row);
    const { leg, attempts_made } = row;
    const change = { status: "pending" as const, next_attempt_at: now, attempts_made: attempts_made - 1 };
    await updateVerification(db, row, change, now);
    await makeDue(db, row, { leg, channel: "sms", at: now }, now);
  });
}

/** `again`: its fate was known before. `unknown`: no message of ours, or not yet: its answer may not be committed. */
export type Reported = "noted" | "again" | "unknown";

/** Notes what a gateway tells of a message; a message that did not arrive gives way to the next leg at once. */
export function noteReport(store: Store, report: MessageReport, now: number): Promise<Reported> {
  return store.write(async (db) => {
    const found = await findByReference(db, report);
    if (found === undefined) return "unknown";
    const { outcome } = report;
    const deliveredAt = outcome === "delivered" ? now : null;
    const attempt = await markReported(db, { id: found.id, outcome, deliveredAt, error: report.error });
    if (attempt === undefined) return "again";
    const type = outcome === "delivered" ? "message.delivered" : "message.failed";
    await appendMessageEvent(db, store.vault, type, attempt, now);
    if (afterMessage(outcome) === "go_on") await afterUndelivered(db, store.vault, attempt, now);
    return "noted";
  });
}

async function afterUndelivered(
  db: Kysely<Schema>,
  vault: Vault,
  attempt: AttemptRow,
  now: number,
): Promise<void> {
  const row = await findVerificationBySeq(db, attempt.verification_seq);
  // In a call, or being sent once more: that one tells its own end.
  if (row?.status !== "pending" || row.expires_at <= now) return;
  const latest = await latestAttempt(db, { seq: row.seq });
  if (latest?.id !== attempt.id) return;
  const { next_attempt_at: at, leg, next_channel: channel } = row;
  // The next leg waits for its time already: it begins now.
  if (at === null) await goOnOrFail(db, vault, row, "unreachable", now);
  else if (at > now) await makeDue(db, row, { leg, channel, at: now }, now);
}

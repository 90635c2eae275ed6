import type { Kysely } from "kysely";
import { codeMatches } from "../verification/code.js";
import { codeSubject } from "../verification/code-subject.js";
import { type Entry, rule, type Ruling } from "../verification/ruling.js";
import type { CallerProof } from "../verification/caller-proof.js";
import { countEntry } from "./count-entry.js";
import { markEnrollmentUsed } from "../store/enrollments.js";
import { entryStanding } from "./entry-standing.js";
import { hint } from "../store/hints.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import { provedCallGoesOn } from "../store/open-calls.js";
import { demandOpen } from "../store/nodes.js";
import { openTransaction } from "../store/sealed-transaction.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { appendVerificationEnded } from "./verification-events.js";
import { messageMayHaveTold } from "../store/messages.js";
import type { Channel } from "../verification/request-terms.js";
import { findVerificationBySeq, updateVerification, type VerificationRow } from "../store/verifications.js";

/**
 * Rules on what a person keyed, and commits the result before it returns: only what is durable may
 * be spoken. The stored state is read inside the transaction, so two entries at once (a redial, a
 * second call) cannot both count as the last try.
 *
 * What is held against the number, the PIN and unproved callers bounds the tries that are left, whatever this
 * verification allows.
 *
 * @param caller whose call it is.
 * @param attemptId the call on which it was keyed has to be open still.
 * @throws {AttemptClosedError} when another node has closed the call.
 */
export function ruleEntry(
  store: Store,
  seq: number,
  entry: Entry,
  limits: GuardLimits,
  now: number,
  caller: CallerProof,
  attemptId?: string,
): Promise<Ruling> {
  return store.write(async (db): Promise<Ruling> => {
    if (attemptId !== undefined) await demandOpen(db, attemptId);
    const row = await findVerificationBySeq(db, seq);
    if (row === undefined) return { kind: "closed", status: "canceled" };
    return judge(db, store.vault, row, entry, limits, now, caller);
  });
}

/** Rules on one entry within the caller's transaction; `row` was read in it. */
export async function judge(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  entry: Entry,
  limits: GuardLimits,
  now: number,
  caller: CallerProof,
): Promise<Ruling> {
  const standing = await entryStanding(db, row, caller, limits, now);
  const { failuresLeft, enrollment } = standing;
  // Whoever has the number goes before whoever says so.
  const barred = standing.barred || (caller === "unproved" && (await provedCallGoesOn(db, row.seq)));
  const matches =
    failuresLeft > 0 &&
    !barred &&
    entry.kind === "code" &&
    row.code_hash !== null &&
    codeMatches(vault.codeKey, codeSubject(row, openTransaction(vault, row)), entry.digits, row.code_hash);
  const { ruling, change } = rule(
    {
      status: row.status,
      expiresAt: row.expires_at,
      codeEntries: row.code_entries,
      maxCodeEntries: Math.min(row.max_code_entries, row.code_entries + failuresLeft),
      barred,
    },
    entry,
    matches,
    now,
  );
  if (change === null) return ruling;
  await updateVerification(
    db,
    row,
    {
      status: change.status,
      reason: change.reason,
      code_entries: change.codeEntries,
      ...(ruling.kind === "verified" ? { proved_by: await provedBy(db, row) } : {}),
      next_attempt_at: row.next_attempt_at,
    },
    now,
  );
  await appendVerificationEnded(db, vault, row.seq, now);
  const { client_id: clientId, enrollment_id: enrollmentId } = row;
  if (ruling.kind === "verified" && enrollmentId !== null) {
    await markEnrollmentUsed(db, clientId, enrollmentId, now);
  }
  // While all is locked nothing is compared, and nothing prolongs the lock.
  const wrong = change.codeEntries > row.code_entries && ruling.kind !== "verified" && failuresLeft > 0;
  const judged = { entry, wrong, ruling, caller, enrollment };
  const lock = await countEntry(db, vault, row, judged, limits, now);
  if (lock !== null && enrollmentId !== null) hint(db, "pin_locked", { clientId, enrollmentId, for: lock });
  return ruling;
}

/** The ways by which the person may have learnt the code, at this moment: what is reported of messages later changes none. */
async function provedBy(db: Kysely<Schema>, row: VerificationRow): Promise<string | null> {
  if (row.chain === null && row.channel === "voice") return null;
  const ways: Channel[] = [
    ...(row.code_read_at === null ? [] : (["voice"] as const)),
    ...((await messageMayHaveTold(db, row.seq)) ? (["sms"] as const) : []),
  ];
  return ways.length === 0 ? null : ways.join(",");
}

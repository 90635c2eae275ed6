import type { Kysely } from "kysely";
import { codeMatches } from "../verification/code.js";
import { type Entry, rule, type Ruling } from "../verification/ruling.js";
import { markEnrollmentUsed } from "./enrollments.js";
import {
  blockForFraud,
  clearFailures,
  countFailure,
  type GuardLimits,
  numberStanding,
} from "./number-guards.js";
import type { Schema } from "./schema.js";
import type { Store } from "./store.js";
import type { Vault } from "./vault.js";
import { appendVerificationEnded } from "./verification-events.js";
import { findVerificationBySeq, updateVerification, type VerificationRow } from "./verifications.js";

/**
 * Rules on what a person keyed, and commits the result before it returns: only what is durable may
 * be spoken. The stored state is read inside the transaction, so two entries at once (a redial, a
 * second call) cannot both count as the last try.
 *
 * The failures kept per number bound the tries that are left, whatever this verification allows.
 */
export function ruleEntry(
  store: Store,
  seq: number,
  entry: Entry,
  limits: GuardLimits,
  now: number,
): Promise<Ruling> {
  return store.write(async (db): Promise<Ruling> => {
    const row = await findVerificationBySeq(db, seq);
    if (row === undefined) return { kind: "closed", status: "canceled" };
    return judge(db, store.vault, row, entry, limits, now);
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
): Promise<Ruling> {
  const { failuresLeft } = await numberStanding(db, row.client_id, row.number_index, limits, now);
  const matches =
    failuresLeft > 0 &&
    entry.kind === "code" &&
    row.code_hash !== null &&
    codeMatches(vault.codeKey, codeSubject(row), entry.digits, row.code_hash);
  const { ruling, change } = rule(
    {
      status: row.status,
      expiresAt: row.expires_at,
      codeEntries: row.code_entries,
      maxCodeEntries: Math.min(row.max_code_entries, row.code_entries + failuresLeft),
    },
    entry,
    matches,
    now,
  );
  if (change !== null) {
    await updateVerification(
      db,
      row,
      {
        status: change.status,
        reason: change.reason,
        code_entries: change.codeEntries,
        next_attempt_at: row.next_attempt_at,
      },
      now,
    );
    await appendVerificationEnded(db, vault, row.seq, now);
  }
  if (ruling.kind === "verified" && row.enrollment_id !== null) {
    await markEnrollmentUsed(db, row.client_id, row.enrollment_id, now);
  }
  if (ruling.kind === "verified" && entry.kind === "code") {
    await clearFailures(db, row.client_id, row.number_index);
  } else if (change !== null && change.codeEntries > row.code_entries) {
    await countFailure(db, row.client_id, row.number_index, limits, now);
  } else if (ruling.kind === "failed" && ruling.reason === "fraud_reported") {
    await blockForFraud(db, row.client_id, row.number_index, now + limits.fraudBlockMs);
  }
  return ruling;
}

/**
 * What a code's hash is bound to: the client and its id of the verification; or, where the code is the
 * PIN of an enrolment, that enrolment, because the hash is made once and copied to each verification.
 */
export function codeSubject(row: {
  readonly client_id: string;
  readonly id: string;
  readonly enrollment_id?: string | null;
}): string {
  return typeof row.enrollment_id === "string"
    ? pinSubject({ client_id: row.client_id, id: row.enrollment_id })
    : `${row.client_id}/${row.id}`;
}

/** What a PIN's hash is bound to. Never equal to that of a code: no client's id is `enrollment`. */
export function pinSubject(enrollment: { readonly client_id: string; readonly id: string }): string {
  return `enrollment/${enrollment.client_id}/${enrollment.id}`;
}

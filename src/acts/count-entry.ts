import type { Kysely } from "kysely";
import type { CallerProof } from "../verification/caller-proof.js";
import { pinLock, type PinLock } from "../verification/pin-lock.js";
import type { Entry, Ruling } from "../verification/ruling.js";
import { clearWrongPinsOfProved, type EnrollmentRow } from "../store/enrollments.js";
import { blockForFraud, clearFailures, countFailure } from "../store/number-guards.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import type { Schema } from "../store/schema.js";
import { countUnprovedFailure } from "./unproved-callers.js";
import type { Vault } from "../vault/vault.js";
import type { VerificationRow } from "../store/verifications.js";
import { countWrongPin } from "./wrong-pins.js";

interface JudgedEntry {
  readonly entry: Entry;
  /** Whether it was compared, and was not what was asked for. */
  readonly wrong: boolean;
  readonly ruling: Ruling;
  readonly caller: CallerProof;
  /** Whose PIN it was to be; undefined: it was to be a code. */
  readonly enrollment: EnrollmentRow | undefined;
}

/**
 * Holds an entry that was ruled on against those who may have made it. There are three counts, and each is
 * cleared by its own success alone: wrong codes of those who have the number, wrong PINs of those who have it,
 * and all that callers did who only said so, which nothing clears.
 *
 * @returns for whom this entry was the end of the PIN; null: for nobody.
 */
export async function countEntry(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  { entry, wrong, ruling, caller, enrollment }: JudgedEntry,
  limits: GuardLimits,
  now: number,
): Promise<PinLock | null> {
  if (ruling.kind === "failed" && ruling.reason === "fraud_reported") {
    await blockForFraud(db, row.client_id, row.number_index, now + limits.fraudBlockMs);
  }
  if (caller === "unproved") {
    // In silence too a verification is brought to its end, which is somebody else's.
    const ended = ruling.kind === "failed" && entry.kind === "no_input";
    if (wrong || ended) await countUnprovedFailure(db, row, now);
  } else if (enrollment === undefined) {
    if (wrong) await countFailure(db, row.client_id, row.number_index, limits, now);
    else if (isRight(entry, ruling)) await clearFailures(db, row.client_id, row.number_index);
  }
  if (enrollment === undefined) return null;
  if (wrong) {
    const counted = await countWrongPin(db, vault, enrollment, caller, limits.maxWrongPins, now);
    const lock = pinLock(counted, limits.maxWrongPins);
    return lock === pinLock(enrollment, limits.maxWrongPins) ? null : lock;
  }
  if (caller === "proved" && isRight(entry, ruling)) await clearWrongPinsOfProved(db, enrollment);
  return null;
}

function isRight(entry: Entry, ruling: Ruling): boolean {
  return entry.kind === "code" && ruling.kind === "verified";
}

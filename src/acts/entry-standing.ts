import type { Kysely } from "kysely";
import type { CallerProof } from "../verification/caller-proof.js";
import { pinLock } from "../verification/pin-lock.js";
import { type EnrollmentRow, findEnrollment } from "../store/enrollments.js";
import { numberStanding } from "./number-standing.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import type { Schema } from "../store/schema.js";
import { isPaused } from "./unproved-callers.js";
import type { VerificationRow } from "../store/verifications.js";

/** What is held against whoever is to key the code or the PIN of a verification now. */
interface EntryStanding {
  /** Wrong entries that may still be compared; 0: number or PIN is locked for all, and nothing is. */
  readonly failuresLeft: number;
  /** This caller is not listened to, because of others who only said that they had the number. */
  readonly barred: boolean;
  /** The enrollment whose PIN is asked for; undefined: a code is. */
  readonly enrollment: EnrollmentRow | undefined;
}

export async function entryStanding(
  db: Kysely<Schema>,
  row: VerificationRow,
  caller: CallerProof,
  limits: GuardLimits,
  now: number,
): Promise<EntryStanding> {
  const number = await numberStanding(db, row.client_id, row.number_index, limits, now);
  const enrollment =
    row.enrollment_id === null ? undefined : await findEnrollment(db, row.client_id, row.enrollment_id);
  const cap = limits.maxWrongPins;
  const lock = enrollment === undefined ? null : pinLock(enrollment, cap);
  if (number.failuresLeft === 0 || lock === "all") return { failuresLeft: 0, barred: false, enrollment };
  if (caller === "proved") {
    const pinsLeft = cap - (enrollment?.wrong_pins_proved ?? 0);
    // A code counts against the number, a PIN against the enrollment.
    return {
      failuresLeft: enrollment === undefined ? number.failuresLeft : pinsLeft,
      barred: false,
      enrollment,
    };
  }
  const pinsLeft = enrollment === undefined ? Infinity : cap - enrollment.wrong_pins_unproved;
  const barred = lock !== null || (await isPaused(db, row, now));
  return { failuresLeft: barred ? Infinity : pinsLeft, barred, enrollment };
}

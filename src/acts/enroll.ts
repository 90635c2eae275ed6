import type { Kysely } from "kysely";
import { nextDayInJapan } from "../verification/japan-calendar.js";
import type { CallLimits } from "../clients/call-limits.js";
import { earlierUse } from "./earlier-use.js";
import { countToday, hasRoomToday } from "./daily-quota.js";
import { takeRegistration } from "./shared-limits.js";
import {
  type EnrollmentRow,
  findEnrollment,
  findEnrollmentBySeq,
  hasEnrollments,
  insertEnrollment,
  type NewEnrollment,
} from "../store/enrollments.js";
import { type Idempotency, rememberIdempotencyKey } from "../store/idempotency-keys.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";

export type Enrolling =
  /** `repeated`: the same id with the same content; `replayed`: the same Idempotency-Key and request. */
  | { readonly kind: "created" | "repeated" | "replayed"; readonly enrollment: EnrollmentRow }
  /** The client used this id for something else. */
  | { readonly kind: "conflict" }
  /** This Idempotency-Key came with another request before. */
  | { readonly kind: "key_reused" }
  /** So many were registered today; more may be at that time (epoch milliseconds). */
  | { readonly kind: "too_many_today"; readonly max: number; readonly retryAt: number }
  /** So many within a minute, on all nodes together; one more may be at that time (epoch milliseconds). */
  | { readonly kind: "too_many_now"; readonly max: number; readonly retryAt: number }
  /** The client has so many, and may have no more. */
  | { readonly kind: "too_many"; readonly max: number }
  /** This Idempotency-Key made an enrollment that was deleted since. */
  | { readonly kind: "gone" };

/**
 * Stores a new enrollment durably.
 *
 * @param limits as they are for this client.
 */
export function enroll(
  store: Store,
  row: NewEnrollment,
  limits: Pick<CallLimits, "registrationsPerDay" | "registrationsPerMinute" | "enrollments">,
  idempotency: Idempotency | null,
): Promise<Enrolling> {
  const { registrationsPerMinute: perMinute } = limits;
  return store.write((db) =>
    enrollWithin(db, row, limits, idempotency, store.isShared ? perMinute : undefined),
  );
}

/**
 * The same within the caller's transaction.
 *
 * @param perMinute to be kept here; undefined: it is kept elsewhere, or need not be.
 */
export async function enrollWithin(
  db: Kysely<Schema>,
  row: NewEnrollment,
  limits: Pick<CallLimits, "registrationsPerDay" | "enrollments">,
  idempotency: Idempotency | null,
  perMinute?: number,
): Promise<Enrolling> {
  const replay = await replayOf(db, row, idempotency);
  if (replay !== null) return replay;
  const existing = await findEnrollment(db, row.client_id, row.id);
  if (existing !== undefined) {
    if (!existing.request_hash.equals(row.request_hash)) return { kind: "conflict" };
    await rememberIdempotencyKey(db, row, idempotency, { enrollment_seq: existing.seq });
    return { kind: "repeated", enrollment: existing };
  }
  const { registrationsPerDay, enrollments: most } = limits;
  if (!(await hasRoomToday(db, row.client_id, registrationsPerDay, row.created_at))) {
    return { kind: "too_many_today", max: registrationsPerDay, retryAt: nextDayInJapan(row.created_at) };
  }
  if (await hasEnrollments(db, row.client_id, most)) return { kind: "too_many", max: most };
  const retryAt =
    perMinute === undefined ? null : await takeRegistration(db, row.client_id, perMinute, row.created_at);
  if (perMinute !== undefined && retryAt !== null) return { kind: "too_many_now", max: perMinute, retryAt };
  const enrollment = await insertEnrollment(db, row);
  if (enrollment === undefined) return { kind: "conflict" };
  await countToday(db, row.client_id, row.created_at);
  await rememberIdempotencyKey(db, row, idempotency, { enrollment_seq: enrollment.seq });
  return { kind: "created", enrollment };
}

async function replayOf(
  db: Kysely<Schema>,
  row: NewEnrollment,
  idempotency: Idempotency | null,
): Promise<Enrolling | null> {
  const earlier = await earlierUse(db, row, idempotency, "enrollment_seq");
  if (earlier?.kind !== "same") return earlier;
  const enrollment = await findEnrollmentBySeq(db, earlier.seq);
  if (enrollment === undefined) return { kind: "gone" };
  // A key that came with a repetition had that as its first answer.
  return { kind: earlier.at > enrollment.created_at ? "repeated" : "replayed", enrollment };
}

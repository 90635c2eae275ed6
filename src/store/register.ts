import type { Insertable, Kysely } from "kysely";
import { findIdempotencyKey, type Idempotency, rememberIdempotencyKey } from "./idempotency.js";
import { type GuardLimits, type NumberStanding, numberStanding } from "./number-guards.js";
import type { Schema, VerificationTable } from "./schema.js";
import type { Store } from "./store.js";
import {
  findVerification,
  findVerificationBySeq,
  insertVerification,
  listAttempts,
  type StoredVerification,
  type VerificationRow,
} from "./verifications.js";
import { appendVerificationEvent } from "./verification-events.js";

export type NewVerification = Insertable<VerificationTable>;

export type Registration =
  | { readonly kind: "created"; readonly stored: StoredVerification }
  /** The client sent the same id with the same content before. */
  | { readonly kind: "repeated"; readonly stored: StoredVerification }
  /** The client used this id for something else. */
  | { readonly kind: "conflict" }
  /** This Idempotency-Key made this verification before. */
  | { readonly kind: "replayed"; readonly verification: VerificationRow }
  /** This Idempotency-Key came with another request before. */
  | { readonly kind: "key_reused" }
  /** So many were registered for this number within an hour; the next may be at that time (epoch milliseconds). */
  | { readonly kind: "too_many_calls"; readonly max: number; readonly retryAt: number }
  /** Nobody is to be called there now. */
  | { readonly kind: "blocked"; readonly block: NonNullable<NumberStanding["block"]> };

export interface RegisterLimits extends GuardLimits {
  /** Outbound verifications of the client for one number; null or absent: no limit. */
  readonly callsPerNumberPerHour?: number | null;
}

const HOUR_MS = 3_600_000;

/** Stores a new verification durably, and hints that its call is due. */
export async function register(
  store: Store,
  row: NewVerification,
  limits: RegisterLimits,
  idempotency: Idempotency | null = null,
): Promise<Registration> {
  const registration = await store.write(async (db): Promise<Registration> => {
    const replay = idempotency === null ? null : await replayOf(db, row, idempotency);
    if (replay !== null) return replay;
    const existing = await findVerification(db, row.client_id, row.id);
    if (existing !== undefined) {
      if (!existing.request_hash.equals(row.request_hash)) return { kind: "conflict" };
      await rememberIdempotencyKey(db, row, idempotency, { verification_seq: existing.seq });
      return {
        kind: "repeated",
        stored: { verification: existing, attempts: await listAttempts(db, existing.seq) },
      };
    }
    const standing = await numberStanding(db, row.client_id, row.number_index, limits, row.created_at);
    // A fraud report forbids us to call; it does not forbid the person to.
    const locked = standing.failuresLeft === 0 ? ("too_many_failures" as const) : null;
    const block = row.direction === "inbound" ? locked : standing.block;
    if (block !== null) return { kind: "blocked", block };
    const max = row.direction === "outbound" ? (limits.callsPerNumberPerHour ?? null) : null;
    const retryAt = max === null ? null : await nextCallAt(db, row, max);
    if (max !== null && retryAt !== null) return { kind: "too_many_calls", max, retryAt };
    const verification = await insertVerification(db, row);
    if (verification === undefined) return { kind: "conflict" };
    await rememberIdempotencyKey(db, row, idempotency, { verification_seq: verification.seq });
    await appendVerificationEvent(db, store.vault, "verification.created", verification, row.created_at);
    return { kind: "created", stored: { verification, attempts: [] } };
  });
  if (registration.kind === "created") {
    const { seq, expires_at, next_attempt_at } = registration.stored.verification;
    store.hints.emit("deadline", expires_at);
    if (next_attempt_at !== null) store.hints.emit("call_due", seq, next_attempt_at);
  }
  return registration;
}

/** When one more may be registered for this number, epoch milliseconds; null: now. */
async function nextCallAt(db: Kysely<Schema>, row: NewVerification, max: number): Promise<number | null> {
  const [oldest] = await db
    .selectFrom("verifications")
    .select("created_at")
    .where("client_id", "=", row.client_id)
    .where("number_index", "=", row.number_index)
    .where("direction", "=", "outbound")
    .where("created_at", ">", row.created_at - HOUR_MS)
    .orderBy("seq", "desc")
    .limit(1)
    .offset(max - 1)
    .execute();
  return oldest === undefined ? null : oldest.created_at + HOUR_MS;
}

async function replayOf(
  db: Kysely<Schema>,
  row: NewVerification,
  { key, requestHash }: Idempotency,
): Promise<Registration | null> {
  const used = await findIdempotencyKey(db, row.client_id, key, row.created_at);
  if (used === undefined) return null;
  const { verification_seq: seq } = used;
  const verification = seq === null ? undefined : await findVerificationBySeq(db, seq);
  const same = used.request_hash.equals(requestHash);
  if (!same || verification === undefined) return { kind: "key_reused" };
  // The key came with a repetition, and that was its first answer.
  if (used.created_at > verification.created_at) {
    return { kind: "repeated", stored: { verification, attempts: await listAttempts(db, verification.seq) } };
  }
  return { kind: "replayed", verification };
}

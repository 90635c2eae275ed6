import type { Insertable, Kysely } from "kysely";
import { findIdempotencyKey, insertIdempotencyKey } from "./idempotency.js";
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

/** An Idempotency-Key and the keyed hash of what was sent with it. */
export interface Idempotency {
  readonly key: string;
  readonly requestHash: Buffer;
}

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
  /** Nobody is to be called there now. */
  | { readonly kind: "blocked"; readonly block: NonNullable<NumberStanding["block"]> };

/** Stores a new verification durably, and hints that its call is due. */
export async function register(
  store: Store,
  row: NewVerification,
  limits: GuardLimits,
  idempotency: Idempotency | null = null,
): Promise<Registration> {
  const registration = await store.write(async (db): Promise<Registration> => {
    const replay = idempotency === null ? null : await replayOf(db, row, idempotency);
    if (replay !== null) return replay;
    const existing = await findVerification(db, row.client_id, row.id);
    if (existing !== undefined) {
      if (!existing.request_hash.equals(row.request_hash)) return { kind: "conflict" };
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
    const verification = await insertVerification(db, row);
    if (verification === undefined) return { kind: "conflict" };
    // In the transaction of what it stands for: a crash can leave neither without the other.
    if (idempotency !== null) {
      await insertIdempotencyKey(db, {
        client_id: row.client_id,
        key: idempotency.key,
        request_hash: idempotency.requestHash,
        verification_seq: verification.seq,
        created_at: row.created_at,
      });
    }
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
  return same && verification !== undefined ? { kind: "replayed", verification } : { kind: "key_reused" };
}

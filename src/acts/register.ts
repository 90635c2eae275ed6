import type { Kysely } from "kysely";
import { nextDayInJapan } from "../verification/japan-calendar.js";
import { costOfMessage } from "./admit-message.js";
import { composeMessage } from "./compose-message.js";
import { hintDue } from "./next-leg.js";
import { barToRegister, type CallBar } from "./admit-call.js";
import { hint } from "../store/hints.js";
import type { CallLimits, DialLimits } from "../clients/call-limits.js";
import { earlierUse } from "./earlier-use.js";
import { countToday, hasRoomToday } from "./daily-quota.js";
import { type Idempotency, rememberIdempotencyKey } from "../store/idempotency-keys.js";
import { numberStanding, type NumberStanding } from "./number-standing.js";
import { listAttempts } from "../store/attempts.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import {
  findVerification,
  findVerificationBySeq,
  insertVerification,
  type NewVerification,
  type StoredVerification,
  type VerificationRow,
} from "../store/verifications.js";
import { takeRegistration } from "./shared-limits.js";
import { appendVerificationEvent } from "./verification-events.js";

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
  /** A limit on calls is reached. */
  | { readonly kind: "barred"; readonly bar: CallBar }
  /** So many were registered today; more may be at that time (epoch milliseconds). */
  | { readonly kind: "too_many_today"; readonly max: number; readonly retryAt: number }
  /** So many within a minute, on all nodes together; one more may be at that time (epoch milliseconds). */
  | { readonly kind: "too_many_now"; readonly max: number; readonly retryAt: number }
  /** Nobody is to be called there now. */
  | { readonly kind: "blocked"; readonly block: NonNullable<NumberStanding["block"]> };

/**
 * Stores a new verification durably, and hints that its call is due.
 *
 * @param limits as they are for this client.
 */
export function register(
  store: Store,
  row: NewVerification,
  limits: DialLimits,
  idempotency: Idempotency | null = null,
): Promise<Registration> {
  return store.write((db) => registerIn(db, store, row, limits, idempotency));
}

/** The same within a transaction that does more. */
export async function registerIn(
  db: Kysely<Schema>,
  store: Pick<Store, "vault" | "isShared">,
  row: NewVerification,
  limits: DialLimits,
  idempotency: Idempotency | null = null,
): Promise<Registration> {
  const registration = await judged(db, store, row, limits, idempotency);
  if (registration.kind === "created") {
    const { seq, expires_at, next_attempt_at, next_channel } = registration.stored.verification;
    hint(db, "deadline", expires_at);
    if (next_attempt_at !== null) hintDue(db, seq, next_channel, next_attempt_at);
  }
  return registration;
}

async function judged(
  db: Kysely<Schema>,
  { vault, isShared }: Pick<Store, "vault" | "isShared">,
  row: NewVerification,
  limits: DialLimits,
  idempotency: Idempotency | null,
): Promise<Registration> {
  const replay = await replayOf(db, row, idempotency);
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
  const { registrationsPerDay: max } = limits.calls;
  if (!(await hasRoomToday(db, row.client_id, max, row.created_at))) {
    return { kind: "too_many_today", max, retryAt: nextDayInJapan(row.created_at) };
  }
  if (row.direction === "outbound") {
    const cost = await firstCost(db, vault, row, limits.calls);
    const bar = await barToRegister(db, vault, row, limits.calls, row.created_at, cost);
    if (bar !== null) return { kind: "barred", bar };
  }
  const { registrationsPerMinute } = limits.calls;
  const retryAt =
    isShared && (await takeRegistration(db, row.client_id, registrationsPerMinute, row.created_at));
  if (typeof retryAt === "number") return { kind: "too_many_now", max: registrationsPerMinute, retryAt };
  const verification = await insertVerification(db, row);
  if (verification === undefined) return { kind: "conflict" };
  await countToday(db, row.client_id, row.created_at);
  await rememberIdempotencyKey(db, row, idempotency, { verification_seq: verification.seq });
  await appendVerificationEvent(db, vault, "verification.created", verification, row.created_at);
  return { kind: "created", stored: { verification, attempts: [] } };
}

/** The most that the first message costs; undefined: it is a call. */
async function firstCost(
  db: Kysely<Schema>,
  vault: Vault,
  row: NewVerification,
  limits: CallLimits,
): Promise<number | undefined> {
  if (row.next_channel !== "sms") return undefined;
  const addressed = { ...row, code_cipher: row.code_cipher ?? null };
  const { parts } = await composeMessage(db, vault, addressed, limits, row.created_at);
  return costOfMessage(parts, limits);
}

/** The answer to a request that came before with the same Idempotency-Key; null: this key is new. */
async function replayOf(
  db: Kysely<Schema>,
  row: NewVerification,
  idempotency: Idempotency | null,
): Promise<Registration | null> {
  const earlier = await earlierUse(db, row, idempotency, "verification_seq");
  if (earlier?.kind !== "same") return earlier;
  const verification = await findVerificationBySeq(db, earlier.seq);
  if (verification === undefined) return { kind: "key_reused" };
  // The key came with a repetition, and that was its first answer.
  if (earlier.at > verification.created_at) {
    return { kind: "repeated", stored: { verification, attempts: await listAttempts(db, verification.seq) } };
  }
  return { kind: "replayed", verification };
}

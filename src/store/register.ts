import type { Insertable } from "kysely";
import { type GuardLimits, type NumberStanding, numberStanding } from "./number-guards.js";
import type { VerificationTable } from "./schema.js";
import type { Store } from "./store.js";
import {
  findVerification,
  insertVerification,
  listAttempts,
  type StoredVerification,
} from "./verifications.js";
import { appendVerificationEvent } from "./verification-events.js";

export type NewVerification = Insertable<VerificationTable>;

export type Registration =
  | { readonly kind: "created"; readonly stored: StoredVerification }
  /** The client sent the same id with the same content before. */
  | { readonly kind: "repeated"; readonly stored: StoredVerification }
  /** The client used this id for something else. */
  | { readonly kind: "conflict" }
  | { readonly kind: "blocked"; readonly block: NonNullable<NumberStanding["block"]> };

/** Stores a new verification durably, and hints that its call is due. */
export async function register(
  store: Store,
  row: NewVerification,
  limits: GuardLimits,
): Promise<Registration> {
  const registration = await store.write(async (db): Promise<Registration> => {
    const existing = await findVerification(db, row.client_id, row.id);
    if (existing !== undefined) {
      if (!existing.request_hash.equals(row.request_hash)) return { kind: "conflict" };
      return {
        kind: "repeated",
        stored: { verification: existing, attempts: await listAttempts(db, existing.seq) },
      };
    }
    const { block } = await numberStanding(db, row.client_id, row.number_index, limits, row.created_at);
    if (block !== null) return { kind: "blocked", block };
    const verification = await insertVerification(db, row);
    if (verification === undefined) return { kind: "conflict" };
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

import type { Kysely } from "kysely";
import { isFinal } from "../verification/status.js";
import type { EventType } from "../store/event-schema.js";
import { tellClient } from "./tell-client.js";
import { presentAttempt } from "../representation/attempt.js";
import { presentVerification } from "../representation/verification.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { findVerificationBySeq, type VerificationRow } from "../store/verifications.js";
import { type AttemptRow, listAttempts } from "../store/attempts.js";

/** Tells of a verification as it stands at this point of the transaction, without its code. */
export async function appendVerificationEvent(
  db: Kysely<Schema>,
  vault: Vault,
  type: Extract<EventType, `verification.${string}`>,
  verification: VerificationRow,
  now: number,
): Promise<void> {
  // One that has just been made has none.
  const attempts = type === "verification.created" ? [] : await listAttempts(db, verification.seq);
  const data = presentVerification({ verification, attempts }, vault);
  await tellClient(db, vault, type, data, about(verification, now));
}

/**
 * Tells of the end of a verification, whichever end it was. Called in the transaction that ended it,
 * right after the change; says nothing of one that is still open.
 */
export async function appendVerificationEnded(
  db: Kysely<Schema>,
  vault: Vault,
  seq: number,
  now: number,
): Promise<void> {
  const row = await findVerificationBySeq(db, seq);
  if (row === undefined || !isFinal(row.status)) return;
  await appendVerificationEvent(db, vault, `verification.${row.status}`, row, now);
}

/** Tells of a call. Takes undefined for a change that changed nothing, and then says nothing. */
export async function appendCallEvent(
  db: Kysely<Schema>,
  vault: Vault,
  type: Extract<EventType, `call.${string}`>,
  attempt: AttemptRow | undefined,
  now: number,
): Promise<void> {
  if (attempt !== undefined) await appendAttemptEvent(db, vault, type, attempt, now);
}

/** The same of a message. */
export async function appendMessageEvent(
  db: Kysely<Schema>,
  vault: Vault,
  type: Extract<EventType, `message.${string}`>,
  attempt: AttemptRow,
  now: number,
): Promise<void> {
  await appendAttemptEvent(db, vault, type, attempt, now);
}

async function appendAttemptEvent(
  db: Kysely<Schema>,
  vault: Vault,
  type: Extract<EventType, `call.${string}` | `message.${string}`>,
  attempt: AttemptRow,
  now: number,
): Promise<void> {
  const verification = await findVerificationBySeq(db, attempt.verification_seq);
  if (verification === undefined) return;
  const data = { verification_id: verification.id, attempt: presentAttempt(attempt, vault) };
  await tellClient(db, vault, type, data, about(verification, now));
}

function about({ client_id, seq }: VerificationRow, now: number): Parameters<typeof tellClient>[4] {
  return { clientId: client_id, verificationSeq: seq, now };
}

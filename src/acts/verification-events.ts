import type { Kysely } from "kysely";
import type { EventType } from "../store/event-schema.js";
import { appendEvent } from "../store/events.js";
import { presentAttempt, presentVerification } from "../representation/verification.js";
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
  const attempts = await listAttempts(db, verification.seq);
  await appendEvent(db, vault, {
    clientId: verification.client_id,
    type,
    verificationSeq: verification.seq,
    data: presentVerification({ verification, attempts }, vault),
    now,
  });
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
  if (row === undefined || row.status === "pending" || row.status === "in_progress") return;
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
  if (attempt === undefined) return;
  const verification = await findVerificationBySeq(db, attempt.verification_seq);
  if (verification === undefined) return;
  await appendEvent(db, vault, {
    clientId: verification.client_id,
    type,
    verificationSeq: verification.seq,
    data: { verification_id: verification.id, attempt: presentAttempt(attempt, vault) },
    now,
  });
}

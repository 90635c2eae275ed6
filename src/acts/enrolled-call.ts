import type { Kysely } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { didsOfClient } from "../store/client-dids.js";
import { type EnrollmentRow, findEnrollment, findLiveEnrollment } from "../store/enrollments.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { appendVerificationEvent } from "./verification-events.js";
import { insertVerification, setDeadline, type VerificationRow } from "../store/verifications.js";

/** How long a call of an enrolled number may take to its PIN, calls again included, milliseconds. */
const LIFE_MS = 300_000;
const MAX_PIN_ENTRIES = 3;

export interface CallOfNumber {
  /** Keyed index of the caller's number. */
  readonly caller: Buffer;
  /** As `canonicalDid` spells it. */
  readonly did: string;
  /** All DIDs of the service, in the same spelling. */
  readonly serviceDids: readonly string[];
}

/**
 * Makes the verification that a call of an enrolled number asks for; within the caller's transaction.
 *
 * @returns undefined when the number is not enrolled at this DID.
 */
export async function verificationOfEnrolled(
  db: Kysely<Schema>,
  vault: Vault,
  call: CallOfNumber,
  now: number,
): Promise<VerificationRow | undefined> {
  const enrollment = await findEnrolled(db, call, now);
  if (enrollment === undefined) return undefined;
  const expiresAt = now + LIFE_MS;
  const verification = await insertVerification(db, {
    client_id: enrollment.client_id,
    id: `ver_${uuidv7()}`,
    request_hash: vault.hashRequest(`enrollment\0${enrollment.client_id}\0${enrollment.id}`),
    status: "pending",
    number_cipher: enrollment.number_cipher,
    number_index: enrollment.number_index,
    line_type: enrollment.line_type,
    direction: "inbound",
    channel: "voice",
    method: enrollment.pin_hash === null ? "caller_id" : "keypad",
    locale: enrollment.locale,
    code_hash: enrollment.pin_hash,
    code_length: enrollment.pin_length,
    max_code_entries: MAX_PIN_ENTRIES,
    code_entries: 0,
    max_call_attempts: 1,
    attempts_made: 0,
    created_at: now,
    // Whoever hangs up may call again, but not past the end of the enrolment.
    expires_at: Math.min(expiresAt, enrollment.expires_at ?? expiresAt),
    did: call.did,
    enrollment_id: enrollment.id,
    metadata: enrollment.metadata,
  });
  if (verification === undefined) return undefined;
  await appendVerificationEvent(db, vault, "verification.created", verification, now);
  return verification;
}

/**
 * A member who calls again, after a call that was hung up or turned away, has the whole time for it: what is
 * left of the first may be too short for a PIN. Within the caller's transaction.
 */
export async function renewEnrolled(
  db: Kysely<Schema>,
  row: VerificationRow,
  now: number,
): Promise<VerificationRow> {
  if (row.enrollment_id === null) return row;
  const enrollment = await findEnrollment(db, row.client_id, row.enrollment_id);
  const expires_at = Math.min(now + LIFE_MS, enrollment?.expires_at ?? now + LIFE_MS);
  if (expires_at <= row.expires_at) return row;
  await setDeadline(db, row, expires_at);
  return { ...row, expires_at };
}

/** The newest enrolment whose client the DID serves. */
async function findEnrolled(
  db: Kysely<Schema>,
  { caller, did, serviceDids }: CallOfNumber,
  now: number,
): Promise<EnrollmentRow | undefined> {
  const unserved: string[] = [];
  for (;;) {
    const found = await findLiveEnrollment(db, caller, did, unserved, now);
    if (found === undefined) return undefined;
    if ((await didsOfClient(db, found.client_id, serviceDids)).includes(did)) return found;
    unserved.push(found.client_id);
  }
}

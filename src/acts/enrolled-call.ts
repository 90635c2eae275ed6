import type { Kysely } from "kysely";
import { didsOfClient } from "../store/client-dids.js";
import { type EnrollmentRow, findEnrollment, findLiveEnrollment } from "../store/enrollments.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { enrolledDeadline, enrolledVerification } from "./new-verification.js";
import { appendVerificationEvent } from "./verification-events.js";
import { insertVerification, setDeadline, type VerificationRow } from "../store/verifications.js";

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
  const verification = await insertVerification(db, enrolledVerification(vault, enrollment, call.did, now));
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
  const expires_at = enrolledDeadline(enrollment, now);
  if (expires_at <= row.expires_at) return row;
  await setDeadline(db, row, expires_at);
  return { ...row, expires_at };
}

/** The newest enrollment whose client the DID serves. */
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

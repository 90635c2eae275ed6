import { type Kysely, sql } from "kysely";
import type { E164 } from "../verification/phone-number.js";
import type { CallerEvidence } from "../verification/caller-identity.js";
import type { Schema } from "./schema.js";
import { beginCall } from "./begin-call.js";
import { verificationOfEnrolled } from "./enrolled-call.js";
import { type GuardLimits, numberStanding } from "./number-guards.js";
import { evidenceContext } from "./present-verification.js";
import type { Store } from "./store.js";
import type { Vault } from "./vault.js";
import { appendVerificationEnded } from "./verification-events.js";
import { updateVerification, type VerificationRow } from "./verifications.js";

/**
 * The newest verification that waits for a call of this caller to this DID. Over all clients: a DID
 * serves every client until clients have DIDs of their own.
 */
function findAwaitingCall(
  db: Kysely<Schema>,
  caller: Buffer,
  did: string,
  now: number,
): Promise<VerificationRow | undefined> {
  return (
    db
      .selectFrom("verifications")
      .selectAll()
      // Literals, for the partial index: see OPEN.
      .where("direction", "=", sql.lit("inbound"))
      .where("status", "=", sql.lit("pending"))
      .where("number_index", "=", caller)
      .where("did", "=", did)
      .where("expires_at", ">", now)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst()
  );
}

export interface InboundCaller {
  readonly number: E164;
  /** As `canonicalDid` spells it. */
  readonly did: string;
  /** All DIDs of the service, in the same spelling. */
  readonly serviceDids: readonly string[];
  readonly evidence: CallerEvidence;
}

/**
 * Finds what a call is for and takes it into progress, in one transaction: of two calls at the same
 * moment one finds it. Where nothing waits for the call, an enrolment of its number makes a
 * verification for it.
 *
 * @returns undefined when nothing waits for this call and its number is not enrolled; then nothing is
 * stored. Ended as `failed` already when it would ask for a PIN and the number is locked.
 */
export async function beginInboundAttempt(
  store: Store,
  attemptId: string,
  caller: InboundCaller,
  limits: GuardLimits,
  now: number,
): Promise<VerificationRow | undefined> {
  const index = store.vault.indexNumber(caller.number);
  const evidence = store.vault.seal(Buffer.from(JSON.stringify(caller.evidence)), evidenceContext(attemptId));
  const row = await store.write(async (db) => {
    const { did, serviceDids } = caller;
    const found =
      (await findAwaitingCall(db, index, did, now)) ??
      (await verificationOfEnrolled(db, store.vault, { caller: index, did, serviceDids }, now));
    if (found === undefined) return undefined;
    const call = { id: attemptId, direction: "inbound" as const, caller_evidence: evidence };
    const begun = await beginCall(db, store.vault, found, call, now);
    return failIfLocked(db, store.vault, begun, limits, now);
  });
  if (row !== undefined) store.hints.emit("deadline", row.expires_at);
  return row;
}

/**
 * A locked number is not asked for its PIN: no PIN would count. Registering refuses a locked number;
 * an enrolment was registered long before.
 */
async function failIfLocked(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  limits: GuardLimits,
  now: number,
): Promise<VerificationRow> {
  if (row.enrollment_id === null || row.method !== "keypad") return row;
  const { failuresLeft } = await numberStanding(db, row.client_id, row.number_index, limits, now);
  if (failuresLeft > 0) return row;
  const change = { status: "failed" as const, reason: "wrong_code" as const, next_attempt_at: null };
  await updateVerification(db, row, change, now);
  await appendVerificationEnded(db, vault, row.seq, now);
  return { ...row, ...change };
}

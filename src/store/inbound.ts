import type { Kysely } from "kysely";
import type { E164 } from "../verification/phone-number.js";
import type { CallerEvidence } from "../verification/caller-identity.js";
import type { Schema } from "./schema.js";
import { beginCall } from "./begin-call.js";
import { evidenceContext } from "./present-verification.js";
import type { Store } from "./store.js";
import type { VerificationRow } from "./verifications.js";

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
  return db
    .selectFrom("verifications")
    .selectAll()
    .where("direction", "=", "inbound")
    .where("status", "=", "pending")
    .where("number_index", "=", caller)
    .where("did", "=", did)
    .where("expires_at", ">", now)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
}

export interface InboundCaller {
  readonly number: E164;
  /** As `canonicalDid` spells it. */
  readonly did: string;
  readonly evidence: CallerEvidence;
}

/**
 * Finds what a call is for and takes it into progress, in one transaction: of two calls at the same
 * moment one finds it.
 *
 * @returns undefined when nothing waits for this call; then nothing is stored.
 */
export function beginInboundAttempt(
  store: Store,
  attemptId: string,
  caller: InboundCaller,
  now: number,
): Promise<VerificationRow | undefined> {
  const index = store.vault.indexNumber(caller.number);
  const evidence = store.vault.seal(Buffer.from(JSON.stringify(caller.evidence)), evidenceContext(attemptId));
  return store.write(async (db) => {
    const row = await findAwaitingCall(db, index, caller.did, now);
    if (row === undefined) return undefined;
    const call = { id: attemptId, direction: "inbound" as const, caller_evidence: evidence };
    return beginCall(db, store.vault, row, call, now);
  });
}

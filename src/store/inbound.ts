import type { Kysely } from "kysely";
import type { TurnedAway } from "../verification/call-back.js";
import { meetsDemand } from "../verification/demanded-evidence.js";
import type { E164 } from "../verification/phone-number.js";
import type { CallerEvidence } from "../verification/caller-identity.js";
import type { Schema } from "./schema.js";
import { beginCall, noteCall } from "./begin-call.js";
import type { ClientSettings } from "./client-settings.js";
import { evidenceContext } from "./present-verification.js";
import type { Store } from "./store.js";
import { readClientSettings } from "./stored-client-settings.js";
import { type MayCall, turnAway } from "./turned-away.js";
import type { VerificationRow } from "./verifications.js";

/**
 * The newest verification that waits for a call of this caller to this DID: of all clients, but where one has
 * claimed the DID, of that one alone, also of those registered before the claim.
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
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("client_dids")
            .select("client_dids.did")
            .where("client_dids.did", "=", did)
            .where("client_dids.client_id", "<>", eb.ref("verifications.client_id")),
        ),
      ),
    )
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

export interface InboundRules {
  /** Whether the trunk's P-Asserted-Identity is believed. */
  readonly trustAsserted: boolean;
  /** Whether policy and routes let this number be called back. */
  readonly mayCall: MayCall;
}

export interface InboundMatch {
  readonly verification: VerificationRow;
  /** Settings of its client. */
  readonly client: ClientSettings;
  /** Null: the call is to be served. Else it lacks evidence, and the verification waits on. */
  readonly turnedAway: TurnedAway | null;
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
  rules: InboundRules,
  now: number,
): Promise<InboundMatch | undefined> {
  const index = store.vault.indexNumber(caller.number);
  const evidence = store.vault.seal(Buffer.from(JSON.stringify(caller.evidence)), evidenceContext(attemptId));
  return store.write(async (db) => {
    const row = await findAwaitingCall(db, index, caller.did, now);
    if (row === undefined) return undefined;
    const call = { id: attemptId, direction: "inbound" as const, caller_evidence: evidence };
    const client = await readClientSettings(db, row.client_id);
    if (meetsDemand(client.demand_evidence, caller.evidence, rules.trustAsserted)) {
      const verification = await beginCall(db, store.vault, row, call, now);
      return { verification, client, turnedAway: null };
    }
    const turnedAway = await turnAway(db, row, caller.number, client, rules.mayCall);
    await noteCall(db, store.vault, row, { ...call, turned_away: turnedAway }, now);
    return { verification: row, client, turnedAway };
  });
}

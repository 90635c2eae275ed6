import { type Compilable, type Kysely, sql } from "kysely";
import type { TurnedAway } from "../verification/call-back.js";
import { meetsDemand } from "../verification/demanded-evidence.js";
import type { E164 } from "../verification/phone-number.js";
import type { CallerEvidence } from "../verification/caller-identity.js";
import type { Schema } from "./schema.js";
import { beginCall, noteCall } from "./begin-call.js";
import { compiledFirst } from "./compiled.js";
import type { ClientSettings } from "./client-settings.js";
import { renewEnrolled, verificationOfEnrolled } from "./enrolled-call.js";
import { type GuardLimits, numberStanding } from "./number-guards.js";
import { evidenceContext } from "./present-verification.js";
import type { Store } from "./store.js";
import { readClientSettings } from "./stored-client-settings.js";
import { type CallBackRules, turnAway } from "./turned-away.js";
import type { Vault } from "./vault.js";
import { appendVerificationEnded } from "./verification-events.js";
import { updateVerification, type VerificationRow } from "./verifications.js";

/**
 * The newest verification that waits for a call of this caller to this DID, or is in a call: of all clients,
 * but where one has claimed the DID, of that one alone, also of those registered before the claim.
 */
const open = {
  pending: compiledFirst((db, sought: Sought & { now: number }) => openIn(db, "pending", sought)),
  in_progress: compiledFirst((db, sought: Sought & { now: number }) => openIn(db, "in_progress", sought)),
};

function openIn(
  db: Kysely<Schema>,
  status: "pending" | "in_progress",
  { number, did, now }: Sought & { now: number },
): Compilable<VerificationRow> {
  return (
    db
      .selectFrom("verifications")
      .selectAll()
      // Literals, for the partial indexes: see OPEN.
      .where("direction", "=", sql.lit("inbound"))
      .where("status", "=", sql.lit(status))
      .where("number_index", "=", number)
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
  );
}

/**
 * One that is in a call (the call back, mostly), for a caller that could only be turned away: it joins the
 * caller's other calls, and makes no verification of its own.
 */
async function findEngaged(
  db: Kysely<Schema>,
  sought: Sought,
  evidence: CallerEvidence,
  trustAsserted: boolean,
  now: number,
): Promise<VerificationRow | undefined> {
  const row = await open.in_progress(db, { ...sought, now });
  if (row === undefined) return undefined;
  const client = await readClientSettings(db, row.client_id);
  return meetsDemand(client.demand_evidence, evidence, trustAsserted) ? undefined : row;
}

interface Sought {
  /** Keyed index of the caller's number. */
  readonly number: Buffer;
  readonly did: string;
}

export interface InboundCaller {
  readonly number: E164;
  /** As `canonicalDid` spells it. */
  readonly did: string;
  readonly evidence: CallerEvidence;
}

export interface InboundRules extends CallBackRules {
  /** All DIDs of the service, as `canonicalDid` spells them. */
  readonly dids: readonly string[];
  /** Whether the trunk's P-Asserted-Identity is believed. */
  readonly trustAsserted: boolean;
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
  rules: InboundRules,
  now: number,
): Promise<InboundMatch | undefined> {
  const index = store.vault.indexNumber(caller.number);
  const evidence = store.vault.seal(Buffer.from(JSON.stringify(caller.evidence)), evidenceContext(attemptId));
  const match = await store.write(async (db): Promise<InboundMatch | undefined> => {
    const { did } = caller;
    const sought = { number: index, did };
    const found =
      (await open.pending(db, { ...sought, now })) ??
      (await findEngaged(db, sought, caller.evidence, rules.trustAsserted, now)) ??
      (await verificationOfEnrolled(db, store.vault, { caller: index, did, serviceDids: rules.dids }, now));
    if (found === undefined) return undefined;
    const call = { id: attemptId, direction: "inbound" as const, caller_evidence: evidence };
    const client = await readClientSettings(db, found.client_id);
    if (!meetsDemand(client.demand_evidence, caller.evidence, rules.trustAsserted)) {
      const turnedAway = await turnAway(db, found, caller.number, client, rules, now);
      await noteCall(db, store.vault, found, { ...call, turned_away: turnedAway }, now);
      return { verification: found, client, turnedAway };
    }
    const begun = await beginCall(db, store.vault, await renewEnrolled(db, found, now), call, now);
    const verification = await failIfLocked(db, store.vault, begun, rules.limits, now);
    return { verification, client, turnedAway: null };
  });
  if (match !== undefined) store.hints.emit("deadline", match.verification.expires_at);
  return match;
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

import type { Kysely } from "kysely";
import type { TurnedAway } from "../verification/call-back.js";
import { callerProof, type CallerProof } from "../verification/caller-proof.js";
import { demandOf, meetsDemand } from "../verification/demanded-evidence.js";
import type { E164 } from "../verification/phone-number.js";
import type { CallerEvidence } from "../verification/caller-identity.js";
import { clientsMeant, open, type Sought } from "../store/awaited-calls.js";
import { beginCall, noteCall } from "./begin-call.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { renewEnrolled, verificationOfEnrolled } from "./enrolled-call.js";
import { entryStanding } from "./entry-standing.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import { provedCallGoesOn } from "../store/open-calls.js";
import { sealEvidence } from "../store/sealed-columns.js";
import { ofNode } from "../store/nodes.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { readClientSettings } from "../store/stored-client-settings.js";
import { type CallBackRules, turnAway, type Want } from "./turned-away.js";
import { isTrunkName } from "../trunks/trunk-name.js";
import type { Vault } from "../vault/vault.js";
import { endVerification } from "./end-verification.js";
import { hint } from "../store/hints.js";
import type { VerificationRow } from "../store/verifications.js";

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
  readonly caller: CallerProof;
  /** Null: the call is to be served. Else it wants something, see `Want`, and the verification waits on. */
  readonly turnedAway: TurnedAway | null;
}

/**
 * Finds what a call is for and takes it into progress, in one transaction: of two calls at the same
 * moment one finds it. Where nothing waits for the call, an enrollment of its number makes a
 * verification for it.
 *
 * @returns undefined when nothing waits for this call and its number is not enrolled, or when it could be for
 * several clients; then nothing is stored. Ended as `failed` already when it would ask for a PIN and the number
 * or the PIN is locked.
 */
export function beginInboundAttempt(
  store: Store,
  attemptId: string,
  caller: InboundCaller,
  rules: InboundRules,
  now: number,
): Promise<InboundMatch | undefined> {
  const sought = { number: store.vault.indexNumber(caller.number), did: caller.did };
  const evidence = sealEvidence(store.vault, attemptId, caller.evidence);
  const proof = callerProof(caller.evidence, rules.trustAsserted);
  const arrival = { evidence: caller.evidence, proof };
  return store.write(async (db): Promise<InboundMatch | undefined> => {
    if ((await clientsMeant(db, sought, now)).length !== 1) return undefined;
    const enrolled = { caller: sought.number, did: caller.did, serviceDids: rules.dids };
    const found =
      (await open.pending(db, { ...sought, now })) ??
      (await findEngaged(db, sought, arrival, rules, now)) ??
      (await verificationOfEnrolled(db, store.vault, enrolled, now));
    if (found === undefined) return undefined;
    const client = await readClientSettings(db, found.client_id);
    const call = {
      id: attemptId,
      direction: "inbound" as const,
      // A call from a test telephone has its extension there.
      trunk: isTrunkName(caller.evidence.trunk) ? caller.evidence.trunk : null,
      ...ofNode(store.node),
      caller_evidence: evidence,
      caller_proved: proof === "proved" ? (1 as const) : (0 as const),
    };
    const want = await wantOf(db, found, client, arrival, rules, now);
    if (want !== null) {
      const turnedAway = await turnAway(db, found, caller.number, client, want, rules, now);
      await noteCall(db, store.vault, found, { ...call, turned_away: turnedAway }, now);
      hint(db, "deadline", found.expires_at);
      return { verification: found, client, caller: proof, turnedAway };
    }
    const begun = await beginCall(db, store.vault, await renewEnrolled(db, found, now), call, now);
    const verification = await failIfLocked(db, store.vault, begun, rules.limits, now);
    hint(db, "deadline", verification.expires_at);
    return { verification, client, caller: proof, turnedAway: null };
  });
}

interface Arrived {
  readonly evidence: CallerEvidence;
  readonly proof: CallerProof;
}

/** What a call wants before it may be served; null: nothing. */
async function wantOf(
  db: Kysely<Schema>,
  row: VerificationRow,
  client: ClientSettings,
  { evidence, proof }: Arrived,
  { trustAsserted, limits }: InboundRules,
  now: number,
): Promise<Want | null> {
  const demand = demandOf(client.demand_evidence, row.method);
  if (!meetsDemand(demand, evidence, trustAsserted)) return "evidence";
  // Only a code or a PIN can be guessed.
  if (proof === "proved" || row.method !== "keypad") return null;
  return (await entryStanding(db, row, proof, limits, now)).barred ? "proof" : null;
}

/**
 * One that is in a call already. A caller that could only be turned away joins the caller's other calls (the call
 * back, mostly), and makes no verification of its own. And one whose number the network has proved takes the
 * place of one who only says that it is his: else a stranger on the line would keep the person out.
 */
async function findEngaged(
  db: Kysely<Schema>,
  sought: Sought,
  arrived: Arrived,
  rules: InboundRules,
  now: number,
): Promise<VerificationRow | undefined> {
  const row = await open.in_progress(db, { ...sought, now });
  if (row === undefined) return undefined;
  const client = await readClientSettings(db, row.client_id);
  if ((await wantOf(db, row, client, arrived, rules, now)) !== null) return row;
  // An enrollment makes another for him.
  const takes = arrived.proof === "proved" && row.enrollment_id === null;
  return takes && !(await provedCallGoesOn(db, row.seq)) ? row : undefined;
}

/**
 * A locked number is not asked for its PIN: no PIN would count. Registering refuses a locked number;
 * an enrollment was registered long before.
 */
async function failIfLocked(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  limits: GuardLimits,
  now: number,
): Promise<VerificationRow> {
  if (row.enrollment_id === null || row.method !== "keypad") return row;
  const { failuresLeft } = await entryStanding(db, row, "proved", limits, now);
  if (failuresLeft > 0) return row;
  const end = { status: "failed" as const, reason: "wrong_code" as const };
  await endVerification(db, vault, row, end, now);
  return { ...row, ...end };
}

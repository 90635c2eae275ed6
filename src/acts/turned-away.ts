import type { Kysely } from "kysely";
import type { AfterCall } from "../verification/after-call.js";
import { callBackOf, MAX_CALL_BACKS, type TurnedAway } from "../verification/call-back.js";
import type { E164 } from "../verification/phone-number.js";
import { DAY_MS, HOUR_MS } from "../verification/durations.js";
import { isFinal } from "../verification/status.js";
import { countCallBacks } from "../store/call-backs.js";
import { hint } from "../store/hints.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { entryStanding } from "./entry-standing.js";
import { numberStanding } from "./number-standing.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import type { Schema } from "../store/schema.js";
import { updateVerification, type VerificationRow } from "../store/verifications.js";

/** @param allow E.164 prefixes that the client may call against the rule. */
type MayCall = (number: E164, allow: readonly string[]) => boolean;

export interface CallBackRules {
  readonly limits: GuardLimits;
  /** Whether policy and routes let this number be called back. */
  readonly mayCall: MayCall;
}

/**
 * What a call wants before it may be served. `evidence`: what its client demands that the network say. `proof`:
 * others who only said that they had its number have keyed too many wrong entries for another of them to be heard.
 */
export type Want = "evidence" | "proof";

/** What becomes of a call for this verification that is not served. */
export async function turnAway(
  db: Kysely<Schema>,
  row: VerificationRow,
  number: E164,
  client: ClientSettings,
  want: Want,
  { limits, mayCall }: CallBackRules,
  now: number,
): Promise<TurnedAway> {
  const way = client.missing_evidence ?? BY_DEFAULT[want];
  if (way === "refuse" || !mayCall(number, client.outbound_allow)) return "refused";
  if (callBackOf(row.method, row.enrollment_id !== null) === null) return "refused";
  const { block } = await numberStanding(db, row.client_id, row.number_index, limits, now);
  if (block !== null) return "refused";
  if ((await entryStanding(db, row, "proved", limits, now)).failuresLeft === 0) return "refused";
  const within = client.missing_evidence === null ? DAY_MS : HOUR_MS;
  const most = Math.min(MAX_CALL_BACKS, client.max_calls_per_number_per_hour ?? MAX_CALL_BACKS);
  return (await countCallBacks(db, row, now - within)) < most ? "call_back" : "refused";
}

/**
 * Where the client has set nothing: a call costs money and rings somebody, so there is none for want of evidence.
 * But a stranger with a false number must not shut the person out, so the person is called back then, three times
 * in a day at most while nothing comes of it.
 */
const BY_DEFAULT = { evidence: "refuse", proof: "call_back" } as const satisfies Record<Want, string>;

/**
 * What becomes of the verification when such a call is over: it was left pending and is only touched to be
 * called back, which is due now that the caller's line is free. Judged again, because calls may have come
 * and gone meanwhile.
 */
export async function afterTurnedAway(
  db: Kysely<Schema>,
  row: VerificationRow,
  turnedAway: TurnedAway,
  now: number,
): Promise<AfterCall> {
  if (isFinal(row.status)) return { kind: "settled" };
  const due = row.status === "pending" && row.next_attempt_at === null && turnedAway === "call_back";
  if (!due || (await countCallBacks(db, row, now - HOUR_MS)) >= MAX_CALL_BACKS) return { kind: "await_call" };
  await updateVerification(db, row, { status: "pending", next_attempt_at: now }, now);
  hint(db, "call_due", row.seq, now);
  return { kind: "redial", at: now };
}

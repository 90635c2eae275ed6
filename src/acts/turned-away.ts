import { type Kysely, sql } from "kysely";
import type { AfterCall } from "../verification/after-call.js";
import { callBackOf, MAX_CALL_BACKS, type TurnedAway } from "../verification/call-back.js";
import type { E164 } from "../verification/phone-number.js";
import { isFinal } from "../verification/status.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { compiledFirst } from "../store/compiled.js";
import { entryStanding } from "./entry-standing.js";
import { REGISTERED_WITHIN_MS } from "../store/number-calls.js";
import { numberStanding } from "../store/number-guards.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import type { Schema } from "../store/schema.js";
import { updateVerification, type VerificationRow } from "../store/verifications.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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
  return (await callBacksMade(db, row, now - within)) < most ? "call_back" : "refused";
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
  if (!due || (await callBacksMade(db, row, now - HOUR_MS)) >= MAX_CALL_BACKS) return { kind: "await_call" };
  await updateVerification(db, row, { status: "pending", next_attempt_at: now }, now);
  return { kind: "redial", at: now };
}

/**
 * Calls back that count against the limit: of this client to this number since a time, over all its verifications,
 * for whoever has a false number can have a page begin one after another. Those that were verified were wanted, and
 * do not count. Calls that we made for an inbound verification are its calls back.
 */
async function callBacksMade(
  db: Kysely<Schema>,
  { client_id, number_index }: Pick<VerificationRow, "client_id" | "number_index">,
  since: number,
): Promise<number> {
  const registeredAfter = since - REGISTERED_WITHIN_MS;
  return (await countCallBacks(db, { client_id, number_index, since, registeredAfter }))?.made ?? 0;
}

interface CallBacksOf extends Pick<VerificationRow, "client_id" | "number_index"> {
  readonly since: number;
  readonly registeredAfter: number;
}

const countCallBacks = compiledFirst((db, p: CallBacksOf) =>
  db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select((eb) => eb.fn.countAll<number>().as("made"))
    // Not by the client's index of numbers, which has no times: a member's number gathers thousands in a year, and
    // whoever calls with it would have us walk through all of them.
    .where(sql`+verifications.client_id`, "=", p.client_id)
    .where("verifications.number_index", "=", p.number_index)
    .where("verifications.created_at", ">", p.registeredAfter)
    .where("verifications.direction", "=", "inbound")
    .where("verifications.status", "<>", "verified")
    .where("attempts.direction", "=", "outbound")
    .where("attempts.started_at", ">", p.since),
);

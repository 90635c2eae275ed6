import type { Kysely } from "kysely";
import type { AfterCall } from "../verification/after-call.js";
import { callBackOf, MAX_CALL_BACKS, type TurnedAway } from "../verification/call-back.js";
import type { E164 } from "../verification/phone-number.js";
import { isFinal } from "../verification/status.js";
import type { ClientSettings } from "./client-settings.js";
import { type GuardLimits, numberStanding } from "./number-guards.js";
import type { Schema } from "./schema.js";
import { updateVerification, type VerificationRow } from "./verifications.js";

/** @param allow E.164 prefixes that the client may call against the rule. */
type MayCall = (number: E164, allow: readonly string[]) => boolean;

export interface CallBackRules {
  readonly limits: GuardLimits;
  /** Whether policy and routes let this number be called back. */
  readonly mayCall: MayCall;
}

/** What becomes of a call for this verification that lacks the evidence its client demands. */
export async function turnAway(
  db: Kysely<Schema>,
  row: VerificationRow,
  number: E164,
  client: ClientSettings,
  { limits, mayCall }: CallBackRules,
  now: number,
): Promise<TurnedAway> {
  if (client.missing_evidence === "refuse" || !mayCall(number, client.outbound_allow)) return "refused";
  if (callBackOf(row.method, row.enrollment_id !== null) === null) return "refused";
  const { block } = await numberStanding(db, row.client_id, row.number_index, limits, now);
  if (block !== null) return "refused";
  const most = Math.min(MAX_CALL_BACKS, client.max_calls_per_number_per_hour ?? MAX_CALL_BACKS);
  return (await callBacksMade(db, row, now)) < most ? "call_back" : "refused";
}

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
  if (!due || (await callBacksMade(db, row, now)) >= MAX_CALL_BACKS) return { kind: "await_call" };
  await updateVerification(db, row, { status: "pending", next_attempt_at: now }, now);
  return { kind: "redial", at: now };
}

const HOUR_MS = 3_600_000;

/**
 * Calls back that count against the limit: of this client to this number within the hour, over all its
 * verifications, for whoever has a false number can have a page begin one after another. Those that were
 * verified were wanted, and do not count. Calls that we made for an inbound verification are its calls back.
 */
async function callBacksMade(
  db: Kysely<Schema>,
  row: Pick<VerificationRow, "client_id" | "number_index">,
  now: number,
): Promise<number> {
  const { made } = await db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select((eb) => eb.fn.countAll<number>().as("made"))
    .where("verifications.client_id", "=", row.client_id)
    .where("verifications.number_index", "=", row.number_index)
    .where("verifications.direction", "=", "inbound")
    .where("verifications.status", "<>", "verified")
    .where("attempts.direction", "=", "outbound")
    .where("attempts.started_at", ">", now - HOUR_MS)
    .executeTakeFirstOrThrow();
  return made;
}

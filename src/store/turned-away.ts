import type { Kysely } from "kysely";
import type { AfterCall } from "../verification/after-call.js";
import { callBackScript, MAX_CALL_BACKS, type TurnedAway } from "../verification/call-back.js";
import type { E164 } from "../verification/phone-number.js";
import { isFinal } from "../verification/status.js";
import type { ClientSettings } from "./client-settings.js";
import type { Schema } from "./schema.js";
import { updateVerification, type VerificationRow } from "./verifications.js";

/** @param allow E.164 prefixes that the client may call against the rule. */
export type MayCall = (number: E164, allow: readonly string[]) => boolean;

/** What becomes of a call for this verification that lacks the evidence its client demands. */
export async function turnAway(
  db: Kysely<Schema>,
  row: VerificationRow,
  number: E164,
  client: ClientSettings,
  mayCall: MayCall,
): Promise<TurnedAway> {
  if (client.missing_evidence === "refuse" || callBackScript(row.method) === null) return "refused";
  if (!mayCall(number, client.outbound_allow)) return "refused";
  return (await callBacksMade(db, row.seq)) < MAX_CALL_BACKS ? "call_back" : "refused";
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
  if (!due || (await callBacksMade(db, row.seq)) >= MAX_CALL_BACKS) return { kind: "await_call" };
  await updateVerification(db, row, { status: "pending", next_attempt_at: now }, now);
  return { kind: "redial", at: now };
}

/** Calls that we made for an inbound verification: those are its calls back. */
async function callBacksMade(db: Kysely<Schema>, seq: number): Promise<number> {
  const { made } = await db
    .selectFrom("attempts")
    .select((eb) => eb.fn.countAll<number>().as("made"))
    .where("verification_seq", "=", seq)
    .where("direction", "=", "outbound")
    .executeTakeFirstOrThrow();
  return made;
}

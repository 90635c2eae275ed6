import type { Insertable, Kysely } from "kysely";
import { insertAttempt } from "../store/attempts.js";
import { hint } from "../store/hints.js";
import type { AttemptTable, Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { appendCallEvent } from "./verification-events.js";
import { updateVerification, type VerificationRow } from "../store/verifications.js";

type NewCall = Pick<
  Insertable<AttemptTable>,
  | "id"
  | "direction"
  | "trunk"
  | "node"
  | "node_epoch"
  | "caller_evidence"
  | "caller_proved"
  | "turned_away"
  | "cost"
  | "price"
>;

/** Takes a verification into progress and notes its call; within the caller's transaction. */
export async function beginCall(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  call: NewCall,
  now: number,
): Promise<VerificationRow> {
  const begun = await takeIntoProgress(db, row, now);
  await noteCall(db, vault, row, call, now);
  return begun;
}

/** A call or a message of it begins; whoever else has it waiting is told. Within the caller's transaction. */
export async function takeIntoProgress(
  db: Kysely<Schema>,
  row: VerificationRow,
  now: number,
): Promise<VerificationRow> {
  const change = {
    status: "in_progress" as const,
    next_attempt_at: null,
    attempts_made: row.attempts_made + 1,
  };
  await updateVerification(db, row, change, now);
  hint(db, "begun", row.seq);
  return { ...row, ...change };
}

/** Notes a call of a verification that it leaves as it is. */
export async function noteCall(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  call: NewCall,
  now: number,
): Promise<void> {
  const attempt = await insertAttempt(db, { ...call, verification_seq: row.seq, started_at: now });
  await appendCallEvent(db, vault, "call.started", attempt, now);
}

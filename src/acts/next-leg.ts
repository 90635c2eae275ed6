import type { Kysely } from "kysely";
import { hint } from "../store/hints.js";
import type { Schema } from "../store/schema.js";
import { updateVerification, type VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { legAfter, readChain } from "../verification/chain.js";
import { SECOND_MS } from "../verification/durations.js";
import type { Channel } from "../verification/request-terms.js";
import type { FailureReason } from "../verification/status.js";
import { codeMayBeKnown } from "./code-known.js";
import { endVerification } from "./end-verification.js";

/** Has whoever sends or calls told that it is due. */
export function hintDue(db: Kysely<Schema>, seq: number, channel: Channel, at: number): void {
  hint(db, channel === "sms" ? "message_due" : "call_due", seq, at);
}

/** Makes a leg the next thing to be done. */
export async function makeDue(
  db: Kysely<Schema>,
  row: VerificationRow,
  next: { readonly leg: number; readonly channel: Channel; readonly at: number },
  now: number,
): Promise<void> {
  const { leg, channel, at } = next;
  const change = { status: "pending" as const, next_attempt_at: at, next_channel: channel, leg };
  await updateVerification(db, row, change, now);
  hintDue(db, row.seq, channel, at);
}

/** The leg that follows when this one's seconds, counted from now, are over before the verification's time is. */
export function nextLeg(
  row: Pick<VerificationRow, "chain" | "channel" | "leg" | "expires_at">,
  now: number,
): { readonly leg: number; readonly channel: Channel; readonly at: number } | undefined {
  const chain = readChain(row.chain, row.channel);
  const next = legAfter(chain, row.leg);
  const at = now + (chain[row.leg]?.seconds ?? 0) * SECOND_MS;
  return next === undefined || at >= row.expires_at
    ? undefined
    : { leg: row.leg + 1, channel: next.channel, at };
}

/** The code was told: what the person types is awaited, and the next leg begins when that takes too long. */
export async function awaitCheck(db: Kysely<Schema>, row: VerificationRow, now: number): Promise<void> {
  const next = nextLeg(row, now);
  if (next === undefined) {
    await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
    return;
  }
  await makeDue(db, row, next, now);
}

/**
 * This leg has come to nothing: the next one begins at once. After the last the verification fails, unless the person
 * may have the code from an earlier one.
 *
 * @returns whether that was the end of it.
 */
export async function goOnOrFail(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  reason: FailureReason,
  now: number,
): Promise<boolean> {
  const next = legAfter(readChain(row.chain, row.channel), row.leg);
  if (next !== undefined && now < row.expires_at) {
    await makeDue(db, row, { leg: row.leg + 1, channel: next.channel, at: now }, now);
    return false;
  }
  if (await codeMayBeKnown(db, row)) {
    await updateVerification(db, row, { status: "pending", next_attempt_at: null }, now);
    return false;
  }
  return endVerification(db, vault, row, { status: "failed", reason }, now);
}

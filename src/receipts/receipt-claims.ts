import { createHash } from "node:crypto";
import type { ReceiptClaims, ReceiptNumber } from "../representation/receipt.js";
import { time } from "../representation/time.js";
import type { AttemptRow } from "../store/attempts.js";
import { keptTransaction } from "../store/sealed-transaction.js";
import { openEvidence } from "../store/sealed-columns.js";
import type { StoredVerification, VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import type { Channel } from "../verification/request-terms.js";
import { isFinal } from "../verification/status.js";

export interface ReceiptTerms {
  readonly issuer: string;
  readonly number: ReceiptNumber;
}

/**
 * What the receipt of a verification says; null while it has not ended. Only of what no longer changes once it has
 * ended, so that it is the same whenever it is asked for; what is masked or erased later is absent from then on.
 */
export function receiptClaims(
  { verification: row, attempts }: StoredVerification,
  vault: Vault,
  { issuer, number }: ReceiptTerms,
): ReceiptClaims | null {
  if (!isFinal(row.status) || row.completed_at === null) return null;
  const iat = Math.floor(row.completed_at / 1000);
  const caller = callerOf(attempts, vault);
  const transaction = keptTransaction(vault, row);
  return {
    iss: issuer,
    sub: row.id,
    aud: row.client_id,
    jti: receiptId([issuer, row.client_id, row.id, String(iat), number]),
    iat,
    ...(row.status === "verified" ? { amr: waysOf(row) } : {}),
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...numberOf(row, vault, number),
    line_type: row.line_type,
    direction: row.direction,
    channel: row.channel,
    method: row.method,
    code_entries: row.code_entries,
    calls: attempts.filter(({ channel }) => channel === "voice").length,
    messages: attempts.filter(({ channel }) => channel === "sms").length,
    ...(caller === undefined ? {} : { caller }),
    ...(transaction === null ? {} : { transaction }),
    created_at: time(row.created_at),
    completed_at: time(row.completed_at),
  };
}

/** RFC 8176 section 2. */
const AMR = { voice: "tel", sms: "sms" } as const;

/** The ways that may have told the code; of a chain there may be several, and which of them the person took is not known. */
function waysOf({ channel, proved_by: ways }: VerificationRow): ("tel" | "sms")[] {
  return (ways ?? channel).split(",").map((way) => AMR[way as Channel]);
}

/** One receipt has one, however often it is asked for. */
function receiptId(of: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(of)).digest("base64url").slice(0, 22);
}

/** Nothing of a number that is masked or erased. */
function numberOf(
  { number_cipher, client_id }: VerificationRow,
  vault: Vault,
  wanted: ReceiptNumber,
): Pick<ReceiptClaims, "phone_number" | "phone_number_hash"> {
  const number = vault.decipherNumber(number_cipher);
  if (!/^\+\d+$/.test(number)) return {};
  return wanted === "whole"
    ? { phone_number: number }
    : { phone_number_hash: vault.pseudonymOf(number, client_id) };
}

/** What the network said, without any number. */
function callerOf(attempts: readonly AttemptRow[], vault: Vault): ReceiptClaims["caller"] {
  const call = attempts.findLast(({ direction }) => direction === "inbound");
  if (call === undefined || call.caller_proved === null) return undefined;
  const proved = call.caller_proved === 1;
  const evidence = openEvidence(vault, call);
  if (evidence === null) return { proved };
  const { agree, stir_shaken, withheld_reason } = evidence;
  return { proved, agree, stir_shaken, withheld_reason };
}

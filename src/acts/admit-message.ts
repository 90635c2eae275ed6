import type { Kysely } from "kysely";
import type { CallLimits } from "../clients/call-limits.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { type Admitted, admitUse, type CallBar, type Called } from "./admit-call.js";
import { callsToNumber } from "./calls-to-number.js";

/** What a message of so many parts is charged with, thousandths of a yen. */
export function costOfMessage(parts: number, { messagePartPrice }: CallLimits): number {
  return parts * messagePartPrice;
}

/**
 * Whether a message may be sent this moment, by what bounds calls: the telephone that rings or buzzes is the same. Asked
 * in the transaction that begins it, and charged from here on.
 *
 * @param first whether its registration has counted it in its block.
 */
export async function admitMessage(
  db: Kysely<Schema>,
  vault: Vault,
  row: Called,
  parts: number,
  first: boolean,
  limits: CallLimits,
  now: number,
): Promise<Admitted | CallBar> {
  const { retryAt } = await callsToNumber(db, row.number_index, limits.perNumberPerHour, false, now);
  const price = JSON.stringify({ perPart: limits.messagePartPrice });
  const charge = { price, cost: costOfMessage(parts, limits) };
  return admitUse(db, vault, row, { retryAt, first, charge }, limits, now);
}

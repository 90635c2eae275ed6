import type { Kysely } from "kysely";
import type { CallLimits } from "../clients/call-limits.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { type Admitted, type CallBar, barOfBlock, type Called, tooMany } from "./admit-call.js";
import { exhaustedBy, reserve } from "./budgets.js";
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
  if (retryAt !== null) return tooMany("number", limits.perNumberPerHour, retryAt);
  const cost = costOfMessage(parts, limits);
  const exhausted = await exhaustedBy(db, vault, row.client_id, limits, cost, now);
  if (exhausted !== null) return { kind: "budget_exhausted", exhausted };
  const bar = first ? null : await barOfBlock(db, vault, row, limits, now);
  if (bar !== null) return bar;
  await reserve(db, vault, row.client_id, limits, cost, now);
  return { kind: "admitted", charge: { price: JSON.stringify({ perPart: limits.messagePartPrice }), cost } };
}

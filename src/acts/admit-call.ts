import type { Kysely } from "kysely";
import { costOfCall, type CallPrice } from "../verification/call-price.js";
import { countInBlock } from "./block-counts.js";
import { type Exhausted, exhaustedBy, reserve } from "./budgets.js";
import type { CallLimits } from "../clients/call-limits.js";
import { callsToNumber } from "./calls-to-number.js";
import type { Schema, VerificationTable } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";

/** Why one more call is not made. */
export type CallBar =
  | {
      readonly kind: "too_many_calls_to_number" | "too_many_calls_to_prefix";
      /** An hour. */
      readonly max: number;
      /** When there may be one again, epoch milliseconds. */
      readonly retryAt: number;
    }
  | { readonly kind: "budget_exhausted"; readonly exhausted: Exhausted };

export interface Admitted {
  readonly kind: "admitted";
  /** What it is charged with by JSON of its price, and the most that it may cost in thousandths of a yen. */
  readonly charge: { readonly price: string; readonly cost: number };
}

export type Called = Pick<VerificationTable, "client_id" | "number_cipher" | "number_index" | "line_type">;

/**
 * Whether a verification may be registered to be called. Calls that others wait for are counted with those that were
 * made, so that what cannot be called is refused here, where its server hears why. Counts it in its block.
 *
 * @param cost the most that its first call or message may cost, thousandths of a yen.
 */
export async function barToRegister(
  db: Kysely<Schema>,
  vault: Vault,
  row: Called,
  limits: CallLimits,
  now: number,
  cost = costOfLongestCall(row, limits),
): Promise<CallBar | null> {
  const { retryAt } = await callsToNumber(db, row.number_index, limits.perNumberPerHour, true, now);
  return (
    (await barOfUse(db, vault, row, { retryAt, cost }, limits, now)) ??
    barOfBlock(db, vault, row, limits, now)
  );
}

/** A call or a message that is about to be made. */
export interface Use {
  /** When the number may have one more, see {@link callsToNumber}. */
  readonly retryAt: number | null;
  /** The most that it may cost, thousandths of a yen. */
  readonly cost: number;
}

/** What bounds calls and messages alike, as they stand: those to the number within the hour, and what may be spent. */
export async function barOfUse(
  db: Kysely<Schema>,
  vault: Vault,
  { client_id }: Pick<Called, "client_id">,
  { retryAt, cost }: Use,
  limits: CallLimits,
  now: number,
): Promise<CallBar | null> {
  if (retryAt !== null) return tooMany("number", limits.perNumberPerHour, retryAt);
  const exhausted = await exhaustedBy(db, vault, client_id, limits, cost, now);
  return exhausted === null ? null : { kind: "budget_exhausted", exhausted };
}

/**
 * Admits one that is about to be made, and charges it from here on; in the transaction that begins it.
 *
 * @param first whether its registration has counted it in its block.
 */
export async function admitUse(
  db: Kysely<Schema>,
  vault: Vault,
  row: Called,
  {
    retryAt,
    first,
    charge,
  }: Pick<Use, "retryAt"> & { readonly first: boolean; readonly charge: Admitted["charge"] },
  limits: CallLimits,
  now: number,
): Promise<Admitted | CallBar> {
  const { cost } = charge;
  const bar =
    (await barOfUse(db, vault, row, { retryAt, cost }, limits, now)) ??
    (first ? null : await barOfBlock(db, vault, row, limits, now));
  if (bar !== null) return bar;
  await reserve(db, vault, row.client_id, limits, cost, now);
  return { kind: "admitted", charge };
}

/**
 * Whether a call may be made this moment, asked in the transaction that takes it into progress: of two at once, also
 * of two dialers, only as many go as there is room for. What it may cost is charged from here on.
 *
 * @param first whether its registration has counted it in its block.
 */
export async function admitCall(
  db: Kysely<Schema>,
  vault: Vault,
  row: Called,
  first: boolean,
  limits: CallLimits,
  now: number,
): Promise<Admitted | CallBar | { readonly kind: "number_in_call" }> {
  const { inCall, retryAt } = await callsToNumber(db, row.number_index, limits.perNumberPerHour, false, now);
  if (inCall) return { kind: "number_in_call" };
  return admitUse(db, vault, row, { retryAt, first, charge: chargeOf(row, limits) }, limits, now);
}

/** Counts one more to the block, unless that is one too many. */
async function barOfBlock(
  db: Kysely<Schema>,
  vault: Vault,
  row: Called,
  { perBlockPerHour: max }: CallLimits,
  now: number,
): Promise<CallBar | null> {
  const number = vault.decipherNumber(row.number_cipher);
  const retryAt = await countInBlock(db, vault, number, max, now);
  return retryAt === null ? null : tooMany("prefix", max, retryAt);
}

function tooMany(what: "number" | "prefix", max: number, retryAt: number): CallBar {
  return { kind: `too_many_calls_to_${what}`, max, retryAt };
}

export function costOfLongestCall({ line_type }: Called, { prices, longestCallMs }: CallLimits): number {
  return costOfCall(prices[line_type], longestCallMs);
}

function chargeOf(row: Called, limits: CallLimits): Admitted["charge"] {
  return { price: JSON.stringify(limits.prices[row.line_type]), cost: costOfLongestCall(row, limits) };
}

/** What a call has cost in the end: nothing unless it was answered, and never more than it was charged with. */
export function finalCost(
  attempt: {
    readonly price: string | null;
    readonly cost: number | null;
    readonly answered_at: number | null;
  },
  endedAt: number,
): number {
  if (attempt.price === null || attempt.cost === null || attempt.answered_at === null) return 0;
  const price = JSON.parse(attempt.price) as CallPrice;
  return Math.min(attempt.cost, costOfCall(price, endedAt - attempt.answered_at));
}

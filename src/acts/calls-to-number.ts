import type { Kysely } from "kysely";
import { countWaitingCalls, listLatestCalls, REGISTERED_WITHIN_MS } from "../store/number-calls.js";
import type { Schema } from "../store/schema.js";
import { HOUR_MS } from "../verification/durations.js";

export interface NumberCalls {
  /** It is in a call of ours, or rings. */
  readonly inCall: boolean;
  /** When there may be one more, epoch milliseconds; null: now. */
  readonly retryAt: number | null;
}

/**
 * How one more call or message stands to those to the number within the hour, of whichever client.
 *
 * @param waiting whether those that are still to be made count too.
 */
export async function callsToNumber(
  db: Kysely<Schema>,
  number: Buffer,
  max: number,
  waiting: boolean,
  now: number,
): Promise<NumberCalls> {
  const sought = { number, registeredAfter: now - REGISTERED_WITHIN_MS };
  const made = await listLatestCalls(db, { ...sought, after: now - HOUR_MS, most: max });
  const due = waiting ? await countWaitingCalls(db, { ...sought, now }) : 0;
  const inCall = made.some(({ ended_at, channel }) => ended_at === null && channel === "voice");
  if (made.length + due < max) return { inCall, retryAt: null };
  // With those that wait gone, the one that makes room is the first of the last max.
  const leaves = made[Math.max(0, max - due - 1)]?.started_at ?? now;
  return { inCall, retryAt: leaves + HOUR_MS };
}

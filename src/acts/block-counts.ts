import type { Kysely } from "kysely";
import type { E164 } from "../verification/phone-number.js";
import { count, counted } from "../store/counters.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";
import { HOUR_MS } from "../verification/durations.js";

/**
 * One more call to the 10,000 numbers that share all but their last four digits. By two sums, this hour's and as
 * much of the last one's as is less than an hour ago, taken as spread evenly: a row a block and hour, where exact
 * times would be walked through by each call to a block that may have a thousand an hour.
 *
 * @returns null when it was counted; else when there may be room, epoch milliseconds, and nothing was counted.
 */
export async function countInBlock(
  db: Kysely<Schema>,
  vault: Vault,
  number: E164,
  max: number,
  now: number,
): Promise<number | null> {
  const scope = scopeOf(vault, number);
  const hour = Math.floor(now / HOUR_MS);
  const gone = (now % HOUR_MS) / HOUR_MS;
  const before = await counted(db, { scope, period: String(hour - 1) });
  const current = await counted(db, { scope, period: String(hour) });
  if (current + before * (1 - gone) + 1 > max) {
    // What is left of the last hour melts away within this one; what is of this hour does in the next.
    const room = current + 1 > max ? 1 + (current + 1 - max) / current : 1 - (max - 1 - current) / before;
    return Math.ceil((hour + room) * HOUR_MS);
  }
  await count(db, { scope, period: String(hour) }, 1, (hour + 2) * HOUR_MS);
  return null;
}

/** One that was counted then, and was not made. */
export async function uncountInBlock(
  db: Kysely<Schema>,
  vault: Vault,
  number: E164,
  countedAt: number,
): Promise<void> {
  const hour = Math.floor(countedAt / HOUR_MS);
  const key = { scope: scopeOf(vault, number), period: String(hour) };
  await count(db, key, -1, (hour + 2) * HOUR_MS);
}

function scopeOf(vault: Vault, number: E164): string {
  return `block/${vault.indexBlock(number)}`;
}

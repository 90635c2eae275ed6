import type { Kysely } from "kysely";
import { dayInJapan } from "../verification/japan-calendar.js";
import { count, counted, type CounterKey } from "../store/counters.js";
import type { Schema } from "../store/schema.js";
import { DAY_MS } from "../verification/durations.js";

const KEPT_MS = 2 * DAY_MS;

/** Whether a client may register one more on this day of Japan, or so many: so much it can fill of the disk. */
export async function hasRoomToday(
  db: Kysely<Schema>,
  clientId: string,
  max: number,
  now: number,
  many = 1,
): Promise<boolean> {
  return (await counted(db, today(clientId, now))) + many <= max;
}

export async function countToday(db: Kysely<Schema>, clientId: string, now: number, many = 1): Promise<void> {
  await count(db, today(clientId, now), many, now + KEPT_MS);
}

function today(clientId: string, now: number): CounterKey {
  return { scope: `registered/${clientId}`, period: dayInJapan(now) };
}

import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.js";

export interface PrunedEvents {
  /** How many were deleted. */
  readonly pruned: number;
  /** The last event that was looked at; the next batch begins after it. Null: no older ones are left. */
  readonly upTo: number | null;
}

/**
 * Deletes a batch of old events with their deliveries; those that still wait to be delivered stay. The
 * events are walked in their order, which is that of time, so the first young one ends the walk and no
 * index by time is needed.
 *
 * @param after where the batch begins; 0 for the first.
 * @param before epoch milliseconds; younger events stay.
 */
export async function pruneEvents(
  db: Kysely<Schema>,
  after: number,
  before: number,
  limit: number,
): Promise<PrunedEvents> {
  const rows = await db
    .selectFrom("events")
    .select(["seq", "created_at"])
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  const young = rows.findIndex((row) => row.created_at >= before);
  const last = rows.at(young === -1 ? -1 : young - 1);
  if (young === 0 || last === undefined) return { pruned: 0, upTo: null };
  await deleteSettledDeliveries(db, after, last.seq);
  const pruned = await deleteUnawaitedEvents(db, after, last.seq);
  return { pruned, upTo: rows.length < limit || young !== -1 ? null : last.seq };
}

/** Deliveries that were made or given up, of a stretch of events. */
async function deleteSettledDeliveries(db: Kysely<Schema>, after: number, upTo: number): Promise<void> {
  await db
    .deleteFrom("webhook_deliveries")
    .where("event_seq", ">", after)
    .where("event_seq", "<=", upTo)
    .where((eb) => eb.or([eb("delivered_at", "is not", null), eb("dead", "=", 1)]))
    .execute();
}

/** Events without a delivery under way, nor one that their client's webhook is still to get. */
async function deleteUnawaitedEvents(db: Kysely<Schema>, after: number, upTo: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`delete from events
    where seq > ${after} and seq <= ${upTo}
      and not exists (select 1 from webhook_deliveries where event_seq = events.seq)
      and not exists (select 1 from client_webhooks where client_id = events.client_id
        and disabled_at is null and cursor_seq < events.seq)`.execute(db);
  return Number(numAffectedRows);
}

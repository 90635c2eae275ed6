import { type Kysely, sql } from "kysely";
import { openEvent, type OutboxEvent } from "./events.js";
import type { Schema } from "./schema.js";
import type { Vault } from "../vault/vault.js";

/** Gives every new event of a client with a webhook its delivery. Safe to repeat: the cursor moves along. */
export async function queueDeliveries(db: Kysely<Schema>, clientId: string, now: number): Promise<void> {
  // Read again here, inside the transaction, where nobody else moves it.
  const hook = await db
    .selectFrom("client_webhooks")
    .select("cursor_seq")
    .where("client_id", "=", clientId)
    .where("disabled_at", "is", null)
    .executeTakeFirst();
  const last = await lastEventOf(db, clientId);
  if (hook === undefined || last <= hook.cursor_seq) return;
  await sql`insert into webhook_deliveries (event_seq, client_id, next_attempt_at)
    select seq, client_id, ${now} from events
    where client_id = ${clientId} and seq > ${hook.cursor_seq}
    on conflict (event_seq) do nothing`.execute(db);
  await db
    .updateTable("client_webhooks")
    .set({ cursor_seq: last })
    .where("client_id", "=", clientId)
    .execute();
}

/** A client's newest event; 0 while it has none. */
export async function lastEventOf(db: Kysely<Schema>, clientId: string): Promise<number> {
  const row = await db
    .selectFrom("events")
    .select("seq")
    .where("client_id", "=", clientId)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

export interface DueDelivery {
  readonly event_seq: number;
  readonly verification_seq: number | null;
  /** Made so far. */
  readonly attempts: number;
}

/** Deliveries to be made now: first those due longest, then in the order of the events. */
export function listDueDeliveries(
  db: Kysely<Schema>,
  clientId: string,
  now: number,
  limit: number,
): Promise<DueDelivery[]> {
  return db
    .selectFrom("webhook_deliveries")
    .innerJoin("events", "events.seq", "webhook_deliveries.event_seq")
    .select(["webhook_deliveries.event_seq", "events.verification_seq", "webhook_deliveries.attempts"])
    .where("webhook_deliveries.client_id", "=", clientId)
    .where("webhook_deliveries.delivered_at", "is", null)
    .where("webhook_deliveries.dead", "=", sql.lit(0))
    .where("webhook_deliveries.next_attempt_at", "<=", now)
    .orderBy("webhook_deliveries.next_attempt_at")
    .orderBy("webhook_deliveries.event_seq")
    .limit(limit)
    .execute();
}

/** When a client's next delivery is due after now, epoch milliseconds. */
export async function nextDeliveryAt(
  db: Kysely<Schema>,
  clientId: string,
  now: number,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("webhook_deliveries")
    .select("next_attempt_at")
    .where("client_id", "=", clientId)
    .where("delivered_at", "is", null)
    .where("dead", "=", sql.lit(0))
    .where("next_attempt_at", ">", now)
    .orderBy("next_attempt_at")
    .limit(1)
    .executeTakeFirst();
  return row?.next_attempt_at;
}

export async function readEvent(
  db: Kysely<Schema>,
  vault: Vault,
  seq: number,
): Promise<OutboxEvent | undefined> {
  const row = await db.selectFrom("events").selectAll().where("seq", "=", seq).executeTakeFirst();
  return row === undefined ? undefined : openEvent(row, vault);
}

export interface DeliveryResult {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** A stable word for what went wrong; null when it was delivered. */
  readonly error: string | null;
  /** When to try again; null: delivered, or given up. */
  readonly retryAt: number | null;
}

export async function recordDelivery(
  db: Kysely<Schema>,
  eventSeq: number,
  result: DeliveryResult,
  now: number,
): Promise<void> {
  const { status, error, retryAt } = result;
  await db
    .updateTable("webhook_deliveries")
    .set((set) => ({
      attempts: set("attempts", "+", 1),
      last_status: status,
      last_error: error,
      ...(error === null
        ? { delivered_at: now, dead: 0 }
        : retryAt === null
          ? { dead: 1 }
          : { next_attempt_at: retryAt }),
    }))
    .where("event_seq", "=", eventSeq)
    .execute();
}

// As literals, for a partial index is known by what stands in the statement and not by what is bound to it.
const GIVEN_UP = sql.lit<0 | 1>(1);
const UNDER_WAY = sql.lit<0 | 1>(0);

/** Sends an event once more from the start of the schedule, whether it was delivered or not. */
export async function redeliverEvent(db: Kysely<Schema>, eventId: string, now: number): Promise<boolean> {
  const event = await db
    .selectFrom("events")
    .innerJoin("client_webhooks", "client_webhooks.client_id", "events.client_id")
    .select(["events.seq", "events.client_id"])
    .where("events.id", "=", eventId)
    .executeTakeFirst();
  if (event === undefined) return false;
  const fresh = { attempts: 0, next_attempt_at: now, delivered_at: null, dead: 0 };
  await db
    .insertInto("webhook_deliveries")
    .values({
      event_seq: event.seq,
      client_id: event.client_id,
      last_status: null,
      last_error: null,
      ...fresh,
    })
    .onConflict((conflict) => conflict.column("event_seq").doUpdateSet(fresh))
    .execute();
  return true;
}

/**
 * Sends again what was given up: of one client, or of all.
 *
 * @returns how many events that are.
 */
export async function redeliverFailed(
  db: Kysely<Schema>,
  clientId: string | null,
  now: number,
): Promise<number> {
  const update = db
    .updateTable("webhook_deliveries")
    .set({ attempts: 0, next_attempt_at: now, dead: 0 })
    .where("delivered_at", "is", null)
    .where("dead", "=", GIVEN_UP);
  const { numUpdatedRows } = await (
    clientId === null ? update : update.where("client_id", "=", clientId)
  ).executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * What is on its way and what was given up: of one client, or of all. Each is counted in a partial index: of what was
 * delivered there are millions.
 */
export async function countDeliveries(
  db: Kysely<Schema>,
  clientId?: string,
): Promise<{ readonly pending: number; readonly failed: number }> {
  const count = async (dead: typeof GIVEN_UP): Promise<number> => {
    let query = db
      .selectFrom("webhook_deliveries")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("delivered_at", "is", null)
      .where("dead", "=", dead);
    if (clientId !== undefined) query = query.where("client_id", "=", clientId);
    return (await query.executeTakeFirstOrThrow()).count;
  };
  return { pending: await count(UNDER_WAY), failed: await count(GIVEN_UP) };
}

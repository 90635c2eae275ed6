import type { Kysely, Selectable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { compiled } from "./compiled.js";
import type { EventTable, EventType } from "./event-schema.js";
import { hintEvent } from "./hints.js";
import type { Schema } from "./schema.js";
import type { Vault } from "../vault/vault.js";

export interface NewEvent {
  readonly clientId: string;
  readonly type: EventType;
  readonly verificationSeq: number | null;
  /** What becomes `data` of the event, as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** When it happened, epoch milliseconds. */
  readonly now: number;
}

/** An event as webhooks and WebSockets send it. */
export interface OutboxEvent {
  readonly seq: number;
  readonly id: string;
  readonly type: EventType;
  /** RFC 3339, UTC, milliseconds. */
  readonly timestamp: string;
  readonly data: unknown;
}

/** An event as a WebSocket sends it. @param data its `data`, as JSON. */
export function eventText(
  { id, type, timestamp }: Pick<OutboxEvent, "id" | "type" | "timestamp">,
  data: string,
): string {
  return `${JSON.stringify({ id, type, timestamp }).slice(0, -1)},"data":${data}}`;
}

const insertEvent = compiled((db, row: Omit<Selectable<EventTable>, "seq">) =>
  db
    .insertInto("events")
    .values({
      id: row.id,
      client_id: row.client_id,
      type: row.type,
      verification_seq: row.verification_seq,
      created_at: row.created_at,
      payload: row.payload,
    })
    .returning("seq"),
);

/** Adds an event to the outbox. Called inside the transaction of the change that it tells of. */
export async function appendEvent(
  db: Kysely<Schema>,
  vault: Vault,
  { clientId, type, verificationSeq, data, now }: NewEvent,
): Promise<void> {
  const id = `evt_${uuidv7()}`;
  const json = JSON.stringify(data);
  const rows = await insertEvent(db, {
    id,
    client_id: clientId,
    type,
    verification_seq: verificationSeq,
    created_at: now,
    payload: vault.seal(Buffer.from(json, "utf8"), id),
  });
  const text = eventText({ id, type, timestamp: new Date(now).toISOString() }, json);
  for (const { seq } of rows) hintEvent(db, { seq, clientId, type, data, text });
}

const eventsAfter = compiled((db, p: { clientId: string; after: number; limit: number }) =>
  db
    .selectFrom("events")
    .select(["seq", "id", "type", "created_at", "payload"])
    .where("client_id", "=", p.clientId)
    .where("seq", ">", p.after)
    .orderBy("seq")
    .limit(p.limit),
);

/** A client's events after one of them, oldest first. */
export async function listEventsAfter(
  db: Kysely<Schema>,
  vault: Vault,
  clientId: string,
  after: number,
  limit: number,
): Promise<OutboxEvent[]> {
  const rows = await eventsAfter(db, { clientId, after, limit });
  return rows.map((row) => openEvent(row, vault));
}

/** @throws {VaultError} when the payload was altered. */
export function openEvent(
  row: { seq: number; id: string; type: EventType; created_at: number; payload: Buffer },
  vault: Vault,
): OutboxEvent {
  return {
    seq: row.seq,
    id: row.id,
    type: row.type,
    timestamp: new Date(row.created_at).toISOString(),
    data: JSON.parse(vault.unseal(row.payload, row.id).toString("utf8")) as unknown,
  };
}

/** Where an event stands in the outbox; undefined when this client has no such event. */
export async function findEventSeq(
  db: Kysely<Schema>,
  clientId: string,
  id: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("events")
    .select("seq")
    .where("id", "=", id)
    .where("client_id", "=", clientId)
    .executeTakeFirst();
  return row?.seq;
}

/** The newest event of all; 0 while there is none. */
export async function lastEventSeq(db: Kysely<Schema>): Promise<number> {
  const row = await db.selectFrom("events").select("seq").orderBy("seq", "desc").limit(1).executeTakeFirst();
  return row?.seq ?? 0;
}

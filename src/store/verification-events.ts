import type { Kysely } from "kysely";
import type { EventType } from "./event-schema.js";
import type { Schema } from "./schema.js";

/** An event of a verification, and how far it is on its way; without what it says. */
export interface ToldEvent {
  readonly id: string;
  readonly type: EventType;
  readonly created_at: number;
  /** Null, as with all that follow: its client had no webhook. */
  readonly attempts: number | null;
  readonly next_attempt_at: number | null;
  readonly delivered_at: number | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly dead: number | null;
}

/** Whoever may call again and again makes no longer page than this. */
const MOST = 500;

/** What a client was told, or is to be told, of a verification, oldest first. */
export function listEventsOf(db: Kysely<Schema>, verificationSeq: number): Promise<ToldEvent[]> {
  return db
    .selectFrom("events")
    .leftJoin("webhook_deliveries as delivery", "delivery.event_seq", "events.seq")
    .select(["events.id", "events.type", "events.created_at"])
    .select(["delivery.attempts", "delivery.next_attempt_at", "delivery.delivered_at"])
    .select(["delivery.last_status", "delivery.last_error", "delivery.dead"])
    .where("events.verification_seq", "=", verificationSeq)
    .orderBy("events.seq")
    .limit(MOST)
    .execute();
}

/** The type of an event of this verification; undefined: it has no such event. */
export async function findEventOf(
  db: Kysely<Schema>,
  verificationSeq: number,
  id: string,
): Promise<EventType | undefined> {
  const row = await db
    .selectFrom("events")
    .select("type")
    .where("id", "=", id)
    .where("verification_seq", "=", verificationSeq)
    .executeTakeFirst();
  return row?.type;
}

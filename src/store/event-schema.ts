import type { Generated } from "kysely";
import type { EventType } from "./event-types.js";

export { EVENT_TYPES, type EventType } from "./event-types.js";

/** The outbox: written with the change that it tells of, read by webhooks and WebSockets. */
export interface EventTable {
  /** The order of events, and where a reader stands. */
  seq: Generated<number>;
  /** `evt_<uuid>`: what clients know it by. */
  id: string;
  client_id: string;
  type: EventType;
  /** Null for an event that belongs to no verification. */
  verification_seq: number | null;
  created_at: number;
  /** The JSON of `data`, sealed by the vault: it has telephone numbers in it. */
  payload: Buffer;
}

/** One event on its way to one client's webhook. */
export interface WebhookDeliveryTable {
  event_seq: number;
  client_id: string;
  /** Attempts made so far. */
  attempts: number;
  next_attempt_at: number;
  delivered_at: number | null;
  last_status: number | null;
  last_error: string | null;
  /** 1: given up; only a redelivery that is asked for sends it again. */
  dead: number;
}

export interface ClientWebhookTable {
  client_id: string;
  url: string;
  /** The 32 bytes behind `whsec_`, sealed. */
  secret: Buffer;
  /** The secret before the last rotation, and until when it signs too. */
  previous_secret: Buffer | null;
  previous_until: number | null;
  disabled_at: number | null;
  disabled_why: string | null;
  /** Events up to this one have a delivery, or came before the webhook. */
  cursor_seq: number;
}

import type { Kysely } from "kysely";
import type { EventData } from "../representation/event-data.js";
import type { EventType } from "../store/event-schema.js";
import { appendEvent } from "../store/events.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";

/** What an event is about, and when it happened. */
interface About {
  readonly clientId: string;
  readonly verificationSeq: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Adds an event to a client's outbox. Called inside the transaction of the change that it tells of. */
export function tellClient<Type extends EventType>(
  db: Kysely<Schema>,
  vault: Vault,
  type: Type,
  data: EventData[Type],
  about: About,
): Promise<void> {
  return appendEvent(db, vault, { ...about, type, data });
}

import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.js";

/** How the deliveries of a client's webhook stand that have not arrived. */
export interface WebhookTrouble {
  readonly client: string;
  readonly disabledWhy: string | null;
  readonly disabled: boolean;
  readonly pending: number;
  readonly failed: number;
  /** When the event that has waited longest was made, epoch milliseconds; null: none waits. */
  readonly oldest: number | null;
  /** Of the last try that failed. */
  readonly lastError: string | null;
}

/** Webhooks with something that has not arrived, and those that are disabled. */
export async function listWebhookTroubles(db: Kysely<Schema>): Promise<WebhookTrouble[]> {
  const hooks = await db
    .selectFrom("client_webhooks")
    .innerJoin("clients", "clients.id", "client_webhooks.client_id")
    .select([
      "client_webhooks.client_id",
      "clients.name",
      "client_webhooks.disabled_at",
      "client_webhooks.disabled_why",
    ])
    .execute();
  return Promise.all(
    hooks.map(async ({ client_id: clientId, name, disabled_at, disabled_why }) => {
      const waiting = (
        dead: 0 | 1,
      ): Promise<{ count: number; oldest: number | null; error: string | null }> =>
        db
          .selectFrom("webhook_deliveries")
          .innerJoin("events", "events.seq", "webhook_deliveries.event_seq")
          .select(({ fn }) => [
            fn.countAll<number>().as("count"),
            fn.min("events.created_at").as("oldest"),
            fn.max("webhook_deliveries.last_error").as("error"),
          ])
          .where("webhook_deliveries.client_id", "=", clientId)
          .where("webhook_deliveries.delivered_at", "is", null)
          .where("webhook_deliveries.dead", "=", sql.lit(dead))
          .executeTakeFirstOrThrow();
      const [pending, failed] = [await waiting(0), await waiting(1)];
      return {
        client: name,
        disabled: disabled_at !== null,
        disabledWhy: disabled_why,
        pending: pending.count,
        failed: failed.count,
        oldest: pending.oldest,
        lastError: pending.error ?? failed.error,
      };
    }),
  );
}

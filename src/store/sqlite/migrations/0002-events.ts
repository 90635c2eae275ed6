import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The outbox of events, and the webhooks that it is delivered to. */
export const events: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Autoincrement: a number is never used twice, so no reader's place can point at another event.
    await db.schema
      .createTable("events")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("id", "text", (c) => c.notNull().unique())
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("type", "text", (c) => c.notNull())
      .addColumn("verification_seq", "integer")
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("payload", "blob", (c) => c.notNull())
      .execute();
    await db.schema.createIndex("events_of_client").on("events").columns(["client_id", "seq"]).execute();

    await db.schema
      .createTable("client_webhooks")
      .addColumn("client_id", "text", (c) => c.primaryKey().references("clients.id"))
      .addColumn("url", "text", (c) => c.notNull())
      .addColumn("secret", "blob", (c) => c.notNull())
      .addColumn("previous_secret", "blob")
      .addColumn("previous_until", "integer")
      .addColumn("disabled_at", "integer")
      .addColumn("disabled_why", "text")
      .addColumn("cursor_seq", "integer", (c) => c.notNull())
      .execute();

    await db.schema
      .createTable("webhook_deliveries")
      .addColumn("event_seq", "integer", (c) => c.primaryKey().references("events.seq"))
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("next_attempt_at", "integer", (c) => c.notNull())
      .addColumn("delivered_at", "integer")
      .addColumn("last_status", "integer")
      .addColumn("last_error", "text")
      .addColumn("dead", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    // Partial: those under way are few however many have arrived.
    await sql`create index webhook_deliveries_pending on webhook_deliveries (client_id, next_attempt_at, event_seq)
      where delivered_at is null and dead = 0`.execute(db);
  },
};

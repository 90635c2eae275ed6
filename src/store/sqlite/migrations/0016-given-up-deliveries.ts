import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The console counts what was given up every few seconds, and the table is full of what was delivered. */
export const givenUpDeliveries: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index webhook_deliveries_given_up on webhook_deliveries (client_id)
      where delivered_at is null and dead = 1`.execute(db);
  },
};

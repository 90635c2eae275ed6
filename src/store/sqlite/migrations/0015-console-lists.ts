import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What the console shows of verifications: the story of each call, the failed by their reason, and the events of one.
 * Lists by number, status and time go by the indexes that the API's lists have.
 */
export const consoleLists: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("attempts").addColumn("story", "text").execute();
    // Partial: only what has failed has a reason, and is changed no more.
    await sql`create index verifications_failed_of_client on verifications (client_id, reason, seq)
      where reason is not null`.execute(db);
    await sql`create index events_of_verification on events (verification_seq)
      where verification_seq is not null`.execute(db);
  },
};

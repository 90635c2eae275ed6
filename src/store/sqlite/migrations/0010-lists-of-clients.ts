import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * A client's list by status or time, and the meter of its month, without a walk through all that it ever registered:
 * reads hold up every call meanwhile. By status two partial indexes, so that a verification changes an index once when
 * it ends, and not at each step on the way.
 */
export const listsOfClients: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index verifications_open_of_client on verifications (client_id, seq)
      where status in ('pending', 'in_progress')`.execute(db);
    await sql`create index verifications_ended_of_client on verifications (client_id, status, seq)
      where status in ('verified', 'failed', 'expired', 'canceled')`.execute(db);
    await db.schema
      .createIndex("verifications_of_client_by_time")
      .on("verifications")
      .columns(["client_id", "created_at"])
      .execute();
  },
};

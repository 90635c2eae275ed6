import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Calls that come in: the DID to call, and what the network said of the caller. */
export const inbound: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("verifications").addColumn("did", "text").execute();
    await db.schema.alterTable("attempts").addColumn("caller_evidence", "blob").execute();
    // Partial: a call is matched to the few that wait for one, however many have ended.
    await sql`create index verifications_awaiting_call on verifications (number_index, did, seq)
      where direction = 'inbound' and status = 'pending'`.execute(db);
  },
};

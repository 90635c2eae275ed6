import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** A call that can only be turned away is matched to the one that is in a call with its number. */
export const inCall: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index verifications_in_call on verifications (number_index, did, seq)
      where direction = 'inbound' and status = 'in_progress'`.execute(db);
  },
};

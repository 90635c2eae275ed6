import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Which messages certainly have not been given to a gateway yet. Of those from before nobody knows: they may have gone. */
export const waitingMessages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("attempts").addColumn("waits", "integer").execute();
  },
};

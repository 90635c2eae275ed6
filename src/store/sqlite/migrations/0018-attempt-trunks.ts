import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Which trunk carried a call. */
export const attemptTrunks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("attempts").addColumn("trunk", "text").execute();
  },
};

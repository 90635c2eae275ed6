import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What an operator can act on, of a call. */
export const attemptNotes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("attempts").addColumn("note", "text").execute();
  },
};

import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Codes that are read aloud: when the reading began, so that the call's end leaves it to the check. */
export const spoken: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("verifications").addColumn("code_read_at", "integer").execute();
  },
};

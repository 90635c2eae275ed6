import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Log-ins that fail again and again are counted here until one line of the audit trail tells of all of them. */
export const failedLogIns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("failed_log_ins")
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("since", "integer", (column) => column.notNull())
      .addColumn("last_at", "integer", (column) => column.notNull())
      .addColumn("told", "integer", (column) => column.notNull())
      .addColumn("untold", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("failed_log_ins_key", ["address", "target"])
      .execute();
  },
};

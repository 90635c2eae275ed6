import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Several services on one database: who they are, and whose a call is. */
export const nodes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("nodes")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("epoch", "integer", (column) => column.notNull())
      .addColumn("version", "text", (column) => column.notNull())
      .addColumn("joined_at", "integer", (column) => column.notNull())
      .addColumn("seen_at", "integer", (column) => column.notNull())
      .addColumn("data_keys", "text", (column) => column.notNull().defaultTo(""))
      .addColumn("left_at", "integer")
      .addColumn("drained_at", "integer")
      .execute();
    await db.schema
      .createTable("duties")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("node", "text", (column) => column.notNull())
      .addColumn("node_epoch", "integer", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("trunk_turns")
      .addColumn("trunk", "text", (column) => column.primaryKey())
      .addColumn("next_at", "integer", (column) => column.notNull())
      .execute();
    await db.schema.alterTable("attempts").addColumn("node", "text").execute();
    await db.schema.alterTable("attempts").addColumn("node_epoch", "integer").execute();
    await sql`create index attempts_of_trunk on attempts (trunk) where ended_at is null and trunk is not null`.execute(
      db,
    );
  },
};

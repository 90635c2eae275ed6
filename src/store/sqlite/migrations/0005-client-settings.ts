import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Settings and DIDs of single clients, and calls that lacked the evidence their client demands. */
export const clientSettings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // A client without a row has the defaults: old clients need none.
    await db.schema
      .createTable("client_settings")
      .addColumn("client_id", "text", (c) => c.primaryKey().references("clients.id"))
      .addColumn("settings", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("client_dids")
      .addColumn("did", "text", (c) => c.primaryKey())
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("position", "integer", (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex("client_dids_of_client")
      .on("client_dids")
      .columns(["client_id", "position"])
      .execute();
    await db.schema.alterTable("attempts").addColumn("turned_away", "text").execute();
  },
};

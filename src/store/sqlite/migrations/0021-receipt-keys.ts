import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The keys by which receipts are signed. */
export const receiptKeys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("receipt_keys")
      .addColumn("kid", "text", (column) => column.primaryKey())
      .addColumn("public_x", "text", (column) => column.notNull())
      .addColumn("private_cipher", "blob")
      .addColumn("created_at", "integer", (column) => column.notNull())
      .addColumn("signs_from", "integer", (column) => column.notNull())
      .addColumn("retired_at", "integer")
      .addColumn("revoked_at", "integer")
      .execute();
  },
};

import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What a code agrees to. */
export const transactions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("verifications").addColumn("amount", "text").execute();
    await db.schema.alterTable("verifications").addColumn("currency", "text").execute();
    await db.schema.alterTable("verifications").addColumn("transaction_cipher", "blob").execute();
  },
};

import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Messages beside calls, and the order in which they are tried. */
export const messages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable("verifications").addColumn("chain", "text").execute();
    await db.schema
      .alterTable("verifications")
      .addColumn("leg", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema
      .alterTable("verifications")
      .addColumn("next_channel", "text", (c) => c.notNull().defaultTo("voice"))
      .execute();
    await db.schema
      .alterTable("verifications")
      .addColumn("own_code", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable("verifications").addColumn("former_code_cipher", "blob").execute();
    await db.schema.alterTable("verifications").addColumn("proved_by", "text").execute();
    await db.schema
      .alterTable("attempts")
      .addColumn("channel", "text", (c) => c.notNull().defaultTo("voice"))
      .execute();
    for (const name of ["gateway", "gateway_reference", "gateway_error"]) {
      await db.schema.alterTable("attempts").addColumn(name, "text").execute();
    }
    for (const name of ["parts", "delivered_at"]) {
      await db.schema.alterTable("attempts").addColumn(name, "integer").execute();
    }
    // Reports name a message so. Partial: most attempts are calls.
    await sql`create index attempts_by_reference on attempts (gateway_reference)
      where gateway_reference is not null`.execute(db);
  },
};

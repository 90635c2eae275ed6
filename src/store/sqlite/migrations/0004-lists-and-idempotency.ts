import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Lists by client, number and status; and which request an Idempotency-Key stands for. */
export const listsAndIdempotency: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createIndex("verifications_of_client")
      .on("verifications")
      .columns(["client_id", "seq"])
      .execute();
    await db.schema
      .createIndex("verifications_of_number")
      .on("verifications")
      .columns(["client_id", "number_index", "seq"])
      .execute();
    // For the meter: a month's answered calls without a walk through all of them.
    await sql`create index attempts_answered on attempts (answered_at) where answered_at is not null`.execute(
      db,
    );
    await db.schema
      .createTable("meta")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .execute();
    // The issued code, sealed, so that a repeated request gets the first answer again; null once ended.
    await db.schema.alterTable("verifications").addColumn("code_cipher", "blob").execute();
    await db.schema
      .createTable("idempotency_keys")
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("key", "text", (c) => c.notNull())
      .addColumn("request_hash", "blob", (c) => c.notNull())
      .addColumn("verification_seq", "integer", (c) => c.notNull().references("verifications.seq"))
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addPrimaryKeyConstraint("idempotency_keys_key", ["client_id", "key"])
      .execute();
    await db.schema
      .createIndex("idempotency_keys_by_age")
      .on("idempotency_keys")
      .column("created_at")
      .execute();
  },
};

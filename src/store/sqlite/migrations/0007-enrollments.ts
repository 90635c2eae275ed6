import { type Kysely, sql, SqliteAdapter } from "kysely";
import type { Migration } from "kysely/migration";

/** Numbers registered once, whose calls are authenticated there and then. */
export const enrollments: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("enrollments")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("id", "text", (c) => c.notNull())
      .addColumn("request_hash", "blob", (c) => c.notNull())
      .addColumn("number_cipher", "blob", (c) => c.notNull())
      .addColumn("number_index", "blob", (c) => c.notNull())
      .addColumn("line_type", "text", (c) => c.notNull())
      .addColumn("dids", "text")
      .addColumn("pin_hash", "blob")
      .addColumn("pin_length", "integer", (c) => c.notNull())
      .addColumn("locale", "text", (c) => c.notNull())
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("expires_at", "integer")
      .addColumn("last_used_at", "integer")
      .addColumn("metadata", "text", (c) => c.notNull())
      .addUniqueConstraint("enrollments_own_id", ["client_id", "id"])
      .execute();
    await db.schema
      .createIndex("enrollments_of_client")
      .on("enrollments")
      .columns(["client_id", "seq"])
      .execute();
    await db.schema
      .createIndex("enrollments_of_number")
      .on("enrollments")
      .columns(["number_index", "seq"])
      .execute();
    await db.schema.alterTable("verifications").addColumn("enrollment_id", "text").execute();
    await letKeysStandForEnrollments(db);
  },
};

async function letKeysStandForEnrollments(db: Kysely<unknown>): Promise<void> {
  if (db.getExecutor().adapter instanceof SqliteAdapter) {
    await makeKeysAgain(db);
    return;
  }
  await db.schema
    .alterTable("idempotency_keys")
    .alterColumn("verification_seq", (column) => column.dropNotNull())
    .execute();
  await db.schema.alterTable("idempotency_keys").addColumn("enrollment_seq", "integer").execute();
}

/** SQLite cannot drop NOT NULL from a column, so the table is made again. */
async function makeKeysAgain(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("idempotency_keys_by_age").execute();
  await db.schema.alterTable("idempotency_keys").renameTo("idempotency_keys_0004").execute();
  await db.schema
    .createTable("idempotency_keys")
    .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("request_hash", "blob", (c) => c.notNull())
    .addColumn("verification_seq", "integer", (c) => c.references("verifications.seq"))
    // No reference: the key outlives a deleted enrollment, so that a late repetition does not enroll anew.
    .addColumn("enrollment_seq", "integer")
    .addColumn("created_at", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("idempotency_keys_key", ["client_id", "key"])
    .execute();
  await sql`insert into idempotency_keys (client_id, key, request_hash, verification_seq, created_at)
    select client_id, key, request_hash, verification_seq, created_at from idempotency_keys_0004`.execute(db);
  await db.schema.dropTable("idempotency_keys_0004").execute();
  await db.schema
    .createIndex("idempotency_keys_by_age")
    .on("idempotency_keys")
    .column("created_at")
    .execute();
}

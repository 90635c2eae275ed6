import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Clients, keys, verifications, their calls, and what is held against numbers. */
export const verifications: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("clients")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull().unique())
      .addColumn("created_at", "integer", (c) => c.notNull())
      .execute();

    await db.schema
      .createTable("api_keys")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("hash", "blob", (c) => c.notNull().unique())
      .addColumn("label", "text", (c) => c.notNull())
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("expires_at", "integer")
      .addColumn("revoked_at", "integer")
      .execute();

    await db.schema
      .createTable("verifications")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("id", "text", (c) => c.notNull())
      .addColumn("request_hash", "blob", (c) => c.notNull())
      .addColumn("status", "text", (c) => c.notNull())
      .addColumn("reason", "text")
      .addColumn("number_cipher", "blob", (c) => c.notNull())
      .addColumn("number_index", "blob", (c) => c.notNull())
      .addColumn("line_type", "text", (c) => c.notNull())
      .addColumn("direction", "text", (c) => c.notNull())
      .addColumn("channel", "text", (c) => c.notNull())
      .addColumn("method", "text", (c) => c.notNull())
      .addColumn("locale", "text", (c) => c.notNull())
      .addColumn("code_hash", "blob")
      .addColumn("code_length", "integer", (c) => c.notNull())
      .addColumn("max_code_entries", "integer", (c) => c.notNull())
      .addColumn("code_entries", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("max_call_attempts", "integer", (c) => c.notNull())
      .addColumn("attempts_made", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("expires_at", "integer", (c) => c.notNull())
      .addColumn("completed_at", "integer")
      .addColumn("next_attempt_at", "integer")
      .addColumn("metadata", "text", (c) => c.notNull())
      .addUniqueConstraint("verifications_own_id", ["client_id", "id"])
      .execute();

    // Partial: the open ones are few however many millions have ended.
    await sql`create index verifications_open on verifications (expires_at)
      where status in ('pending', 'in_progress')`.execute(db);

    await db.schema
      .createTable("attempts")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("verification_seq", "integer", (c) => c.notNull().references("verifications.seq"))
      .addColumn("direction", "text", (c) => c.notNull())
      .addColumn("started_at", "integer", (c) => c.notNull())
      .addColumn("ringing_at", "integer")
      .addColumn("answered_at", "integer")
      .addColumn("ended_at", "integer")
      .addColumn("outcome", "text")
      .addColumn("sip_status", "integer")
      .addColumn("q850_cause", "integer")
      .execute();
    await db.schema
      .createIndex("attempts_of_verification")
      .on("attempts")
      .columns(["verification_seq", "started_at"])
      .execute();

    await sql`create index attempts_open on attempts (id) where ended_at is null`.execute(db);

    await db.schema
      .createTable("number_guards")
      .addColumn("client_id", "text", (c) => c.notNull().references("clients.id"))
      .addColumn("number_index", "blob", (c) => c.notNull())
      .addColumn("consecutive_failures", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("last_failure_at", "integer")
      .addColumn("fraud_blocked_until", "integer")
      .addPrimaryKeyConstraint("number_guards_key", ["client_id", "number_index"])
      .execute();
  },
};

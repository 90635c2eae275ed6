import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Accounts of the console, their sessions, and the audit trail. */
export const consoleAccounts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("admins")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("name_key", "text", (column) => column.notNull().unique())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("created_at", "integer", (column) => column.notNull())
      .addColumn("disabled_at", "integer")
      .addColumn("password_hash", "blob")
      .addColumn("totp_secret", "blob")
      .addColumn("totp_last_step", "integer")
      .addColumn("last_login_at", "integer")
      .execute();
    await db.schema
      .createTable("admin_recovery_codes")
      .addColumn("admin_id", "text", (column) => column.notNull().references("admins.id"))
      .addColumn("hash", "blob", (column) => column.primaryKey().notNull())
      .addColumn("used_at", "integer")
      .execute();
    await db.schema
      .createTable("admin_passkeys")
      .addColumn("id", "text", (column) => column.primaryKey().notNull())
      .addColumn("admin_id", "text", (column) => column.notNull().references("admins.id"))
      .addColumn("public_key", "blob", (column) => column.notNull())
      .addColumn("counter", "integer", (column) => column.notNull())
      .addColumn("transports", "text", (column) => column.notNull())
      .addColumn("label", "text", (column) => column.notNull())
      .addColumn("created_at", "integer", (column) => column.notNull())
      .addColumn("last_used_at", "integer")
      .execute();
    await db.schema
      .createTable("admin_sessions")
      .addColumn("hash", "blob", (column) => column.primaryKey().notNull())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("admin_id", "text", (column) => column.notNull().references("admins.id"))
      .addColumn("created_at", "integer", (column) => column.notNull())
      .addColumn("last_seen_at", "integer", (column) => column.notNull())
      .addColumn("expires_at", "integer", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("agent", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("admin_links")
      .addColumn("hash", "blob", (column) => column.primaryKey().notNull())
      .addColumn("admin_id", "text", (column) => column.references("admins.id"))
      .addColumn("name", "text")
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("totp_secret", "blob", (column) => column.notNull())
      .addColumn("created_at", "integer", (column) => column.notNull())
      .addColumn("expires_at", "integer", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("audit")
      .addColumn("seq", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("at", "integer", (column) => column.notNull())
      .addColumn("admin_id", "text")
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("act", "text", (column) => column.notNull())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("details", "text", (column) => column.notNull())
      .addColumn("hash", "blob", (column) => column.notNull())
      .execute();
    for (const table of ["admin_recovery_codes", "admin_passkeys", "admin_sessions"]) {
      await db.schema.createIndex(`${table}_of_admin`).on(table).column("admin_id").execute();
    }
  },
};

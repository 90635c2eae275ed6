import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Versions of prompts over the shipped ones: the default set's, and each client's own. */
export const prompts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("prompt_versions")
      .addColumn("seq", "integer", (c) => c.primaryKey().autoIncrement())
      .addColumn("client_id", "text", (c) => c.references("clients.id"))
      .addColumn("locale", "text", (c) => c.notNull())
      .addColumn("prompt_id", "text", (c) => c.notNull())
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("current", "integer", (c) => c.notNull())
      .addColumn("origin", "text", (c) => c.notNull())
      .addColumn("restores", "integer")
      .addColumn("sound", "text")
      .addColumn("text", "text")
      .addColumn("source_name", "text")
      .addColumn("duration_ms", "integer")
      .addColumn("active_level", "real")
      .addColumn("peak", "real")
      .addColumn("ulaw_sha256", "text")
      .addColumn("alaw_sha256", "text")
      .addColumn("wav_sha256", "text")
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("created_by", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("prompt_drafts")
      .addColumn("client_id", "text", (c) => c.references("clients.id"))
      .addColumn("locale", "text", (c) => c.notNull())
      .addColumn("prompt_id", "text", (c) => c.notNull())
      .addColumn("text", "text", (c) => c.notNull())
      .addColumn("created_at", "integer", (c) => c.notNull())
      .addColumn("created_by", "text", (c) => c.notNull())
      .execute();
    // Two nulls are never equal to an index, and the default set has no client.
    await sql`create unique index prompt_versions_key
      on prompt_versions (coalesce(client_id, ''), locale, prompt_id, version)`.execute(db);
    await sql`create unique index prompt_drafts_key
      on prompt_drafts (coalesce(client_id, ''), locale, prompt_id)`.execute(db);
    // Each call reads the current ones of its client and of the default set: all else stays out of its way.
    await sql`create unique index prompt_versions_current
      on prompt_versions (coalesce(client_id, ''), locale, prompt_id) where current = 1`.execute(db);
  },
};

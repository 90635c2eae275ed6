import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The sounds of prompts themselves, so that every node has them. */
export const promptSounds: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("prompt_sounds")
      .addColumn("sha256", "text", (column) => column.primaryKey())
      .addColumn("wav", "blob", (column) => column.notNull())
      .execute();
    // Of each sound it is asked whether a version names it still.
    await sql`create index prompt_versions_sound on prompt_versions (sound) where sound is not null`.execute(
      db,
    );
  },
};

import { type Expression, type Insertable, type Kysely, type Selectable, type SqlBool, sql } from "kysely";
import type { Locale } from "../verification/prompt-id.js";
import { compiled } from "./compiled.js";
import type { PromptVersionTable } from "./prompt-schema.js";
import type { Schema } from "./schema.js";

export type PromptVersionRow = Selectable<PromptVersionTable>;
export type NewPromptVersion = Omit<Insertable<PromptVersionTable>, "version" | "current">;

/** One prompt of one set; client null: the default set. */
export interface PromptKey {
  readonly clientId: string | null;
  readonly locale: Locale;
  readonly id: string;
}

/** As the indexes spell it, so that they are used. */
function ofSet(clientId: string | null): Expression<SqlBool> {
  return sql<SqlBool>`coalesce(client_id, '') = ${clientId ?? ""}`;
}

/** What is current in a set: no row for what was never changed. */
export function listCurrentPrompts(
  db: Kysely<Schema>,
  clientId: string | null,
  locale: Locale,
): Promise<PromptVersionRow[]> {
  return db
    .selectFrom("prompt_versions")
    .selectAll()
    .where(ofSet(clientId))
    .where("locale", "=", locale)
    .where("current", "=", sql.lit(1))
    .orderBy("prompt_id")
    .execute();
}

/** The sounds that are current in a set, by prompt: what a call needs to know. */
export function listCurrentSounds(
  db: Kysely<Schema>,
  clientId: string | null,
  locale: Locale,
): Promise<{ prompt_id: string; sound: string | null }[]> {
  return currentSounds(db, { set: clientId ?? "", locale });
}

const currentSounds = compiled((db, p: { set: string; locale: Locale }) =>
  db
    .selectFrom("prompt_versions")
    .select(["prompt_id", "sound"])
    .where(ofSet(p.set))
    .where("locale", "=", p.locale)
    .where("current", "=", sql.lit(1)),
);

/** The whole history, newest first. */
export function listPromptVersions(db: Kysely<Schema>, key: PromptKey): Promise<PromptVersionRow[]> {
  return db
    .selectFrom("prompt_versions")
    .selectAll()
    .where(ofSet(key.clientId))
    .where("locale", "=", key.locale)
    .where("prompt_id", "=", key.id)
    .orderBy("version", "desc")
    .execute();
}

/** Every version that has a sound, of every set. */
export function listVersionsWithSound(db: Kysely<Schema>): Promise<PromptVersionRow[]> {
  return db.selectFrom("prompt_versions").selectAll().where("sound", "is not", null).orderBy("seq").execute();
}

/**
 * Adds a version and makes it the current one; its sound is kept in the same transaction. A draft of that text has its
 * sound now, and goes. Within the caller's transaction.
 */
export async function insertPromptVersion(
  db: Kysely<Schema>,
  row: NewPromptVersion,
): Promise<PromptVersionRow> {
  const key = { clientId: row.client_id ?? null, locale: row.locale, id: row.prompt_id };
  const [newest] = await listPromptVersions(db, key);
  await db
    .updateTable("prompt_versions")
    .set({ current: 0 })
    .where(ofSet(key.clientId))
    .where("locale", "=", key.locale)
    .where("prompt_id", "=", key.id)
    .where("current", "=", sql.lit(1))
    .execute();
  const added = await db
    .insertInto("prompt_versions")
    .values({ ...row, version: (newest?.version ?? 0) + 1, current: 1 })
    .returningAll()
    .executeTakeFirstOrThrow();
  await db
    .deleteFrom("prompt_drafts")
    .where(ofSet(key.clientId))
    .where("locale", "=", key.locale)
    .where("prompt_id", "=", key.id)
    .where("text", "=", added.text ?? "")
    .execute();
  return added;
}

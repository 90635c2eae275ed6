import { type Kysely, type Selectable, sql } from "kysely";
import type { Locale } from "../verification/prompt-id.js";
import type { PromptDraftTable } from "./prompt-schema.js";
import type { PromptKey } from "./prompts.js";
import type { Schema } from "./schema.js";

export function findPromptDraft(
  db: Kysely<Schema>,
  { clientId, locale, id }: PromptKey,
): Promise<Selectable<PromptDraftTable> | undefined> {
  return db
    .selectFrom("prompt_drafts")
    .selectAll()
    .where(sql<boolean>`coalesce(client_id, '') = ${clientId ?? ""}`)
    .where("locale", "=", locale)
    .where("prompt_id", "=", id)
    .executeTakeFirst();
}

/** All that wait in a set. */
export function listPromptDrafts(
  db: Kysely<Schema>,
  clientId: string | null,
  locale: Locale,
): Promise<Selectable<PromptDraftTable>[]> {
  return db
    .selectFrom("prompt_drafts")
    .selectAll()
    .where(sql<boolean>`coalesce(client_id, '') = ${clientId ?? ""}`)
    .where("locale", "=", locale)
    .execute();
}

/** Puts a text in the place of the draft that there was. */
export async function savePromptDraft(
  db: Kysely<Schema>,
  key: PromptKey,
  draft: Pick<PromptDraftTable, "text" | "created_at" | "created_by">,
): Promise<void> {
  await deletePromptDraft(db, key);
  await db
    .insertInto("prompt_drafts")
    .values({ client_id: key.clientId, locale: key.locale, prompt_id: key.id, ...draft })
    .execute();
}

export async function deletePromptDraft(
  db: Kysely<Schema>,
  { clientId, locale, id }: PromptKey,
): Promise<void> {
  await db
    .deleteFrom("prompt_drafts")
    .where(sql<boolean>`coalesce(client_id, '') = ${clientId ?? ""}`)
    .where("locale", "=", locale)
    .where("prompt_id", "=", id)
    .execute();
}

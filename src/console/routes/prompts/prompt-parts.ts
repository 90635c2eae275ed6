import type { Request } from "express";
import type { Kysely } from "kysely";
import { noteAudit } from "../../../acts/note-audit.js";
import type { Audited } from "../../../admins/audited.js";
import type { NoteChange } from "../../../prompts/add-versions.js";
import { localeOf, promptOf } from "../../../prompts/library.js";
import { PromptRefusal } from "../../../prompts/prompt-refusal.js";
import { SoundsWaitingError } from "../../../prompts/sound-thread.js";
import { time } from "../../../representation/time.js";
import type { OpenSession } from "../../../store/admin-sessions.js";
import { listClients } from "../../../store/clients.js";
import type { PromptKey, PromptVersionRow } from "../../../store/prompts.js";
import type { Schema } from "../../../store/schema.js";
import type { ConsoleParts } from "../../console-parts.js";
import type { PromptVersion } from "../../contract/prompts.js";
import { Refusal } from "../../refusal.js";
import { type SignedInRoute, whoIs } from "../../signed-in.js";

/** Whose prompts are meant. @throws {Refusal} `not_found` where there is no such client. */
export async function setOf(
  { store }: ConsoleParts,
  client: string | undefined,
): Promise<{ readonly clientId: string | null; readonly name: string }> {
  if (client === undefined) return { clientId: null, name: "default" };
  const found = (await listClients(store.read)).find(({ id }) => id === client);
  if (found === undefined) throw new Refusal("not_found", "there is no such client");
  return { clientId: found.id, name: found.name };
}

/** The prompt of `/prompts/:locale/:id`. @throws {PromptRefusal} `unknown_locale`, `unknown_prompt` */
export function keyOf({ prompts }: ConsoleParts, request: Request, clientId: string | null): PromptKey {
  const locale = localeOf(String(request.params["locale"]));
  const { id } = promptOf(prompts.library, locale, String(request.params["id"]));
  return { clientId, locale, id };
}

/** Notes a change in its own transaction, by whom, of whose prompts. */
export function noting(
  { store, clock }: ConsoleParts,
  request: Request,
  session: OpenSession,
  act: Extract<Audited, `prompt.${string}`>,
  key: PromptKey,
  client: string,
  details: Readonly<Record<string, string>> = {},
): NoteChange {
  return (db: Kysely<Schema>, version: PromptVersionRow | null) =>
    noteAudit(db, store.vault, whoIs(session, request), clock(), {
      act,
      target: `${key.locale}/${key.id}`,
      details: { client, ...(version === null ? {} : { version: String(version.version) }), ...details },
    });
}

export function versionOf(row: PromptVersionRow): PromptVersion {
  return {
    version: row.version,
    current: row.current === 1,
    origin: row.origin,
    restores: row.restores,
    text: row.text,
    source_name: row.source_name,
    duration_ms: row.duration_ms,
    active_level_dbov: row.active_level,
    created_at: time(row.created_at),
    created_by: row.created_by,
  };
}

/** A route whose errors are those of prompts. */
export function ofPrompts(route: SignedInRoute): SignedInRoute {
  return async (request, response, session) => {
    try {
      await route(request, response, session);
    } catch (error) {
      if (error instanceof SoundsWaitingError) throw new Refusal("busy", error.message);
      if (error instanceof PromptRefusal) throw refusalOf(error);
      throw error;
    }
  };
}

function refusalOf({ code, reason }: PromptRefusal): Refusal {
  if (code === "unknown_prompt" || code === "unknown_locale") return new Refusal("not_found", reason);
  return new Refusal("prompt_refused", reason, undefined, code);
}

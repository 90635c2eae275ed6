import { readFile } from "node:fs/promises";
import path from "node:path";
import { listCurrentPrompts, type PromptKey, type PromptVersionRow } from "../store/prompts.js";
import { isPayeeId } from "./payee-prompts.js";
import type { PromptLibrary } from "./library.js";
import { promptOf } from "./library.js";
import { readManifest } from "./manifest.js";
import { soundFolder } from "./prompts-yaml.js";
import type { Locale } from "../verification/prompt-id.js";
import { storedSound } from "./stored-sound.js";

/** Where the sound that is heard comes from. */
type PromptSource = "client" | "default" | "shipped";

/** A prompt as the next call of this client hears it; without a client: of a client that has none of its own. */
export interface HeardPrompt {
  readonly id: string;
  readonly locale: Locale;
  readonly source: PromptSource;
  /** null: shipped. */
  readonly version: number | null;
  /** null: a silence. */
  readonly text: string | null;
  readonly durationMs: number | null;
  /** dBov; null: a silence. */
  readonly activeLevel: number | null;
  /** Null: its sound is shipped, if there is one. */
  readonly row: PromptVersionRow | null;
}

/** A client's version, else the default set's, else the shipped sound. */
export async function listHeard(
  library: PromptLibrary,
  clientId: string | null,
  locale: Locale,
): Promise<HeardPrompt[]> {
  const { store } = library;
  const ofDefault = await listCurrentPrompts(store.read, null, locale);
  const ofClient = clientId === null ? [] : await listCurrentPrompts(store.read, clientId, locale);
  const payees = [...ofClient, ...ofDefault].flatMap(({ prompt_id: id, sound }) =>
    sound !== null && isPayeeId(id) ? [id] : [],
  );
  const shipped = listShipped(library, locale);
  const all = [...shipped, ...[...new Set(payees)].map((id) => unrecorded(locale, id))];
  return all.map((prompt) => {
    const { id } = prompt;
    const row = soundOf(ofClient, id) ?? soundOf(ofDefault, id);
    if (row !== undefined) {
      return {
        ...{ id, locale, source: row.client_id === null ? "default" : "client" },
        ...{ version: row.version, text: row.text },
        ...{ durationMs: row.duration_ms, activeLevel: row.active_level },
        row,
      };
    }
    return prompt;
  });
}

function listShipped({ soundsDir, catalogues }: PromptLibrary, locale: Locale): HeardPrompt[] {
  const folder = soundFolder(soundsDir, locale);
  const rendered = new Map((readManifest(folder)?.prompts ?? []).map((entry) => [entry.id, entry]));
  return catalogues[locale].prompts.map((prompt) => {
    const { id } = prompt;
    const entry = rendered.get(id);
    return {
      ...{ id, locale, source: "shipped", version: null },
      text: prompt.kind === "silence" ? null : prompt.text,
      durationMs: entry?.duration_ms ?? null,
      activeLevel: entry?.loudness?.active_level_dbov ?? null,
      row: null,
    };
  });
}

/** A prompt as it is shipped, whatever lies over it. @throws {PromptRefusal} `unknown_prompt` */
export function shippedPrompt(library: PromptLibrary, locale: Locale, id: string): HeardPrompt {
  promptOf(library, locale, id);
  const shipped = listShipped(library, locale).find((known) => known.id === id);
  return shipped ?? unrecorded(locale, id);
}

/** A payee that has no sound: nothing is shipped for it. */
function unrecorded(locale: Locale, id: string): HeardPrompt {
  return {
    ...{ id, locale, source: "shipped", version: null, text: null, durationMs: null, activeLevel: null },
    row: null,
  };
}

/** Its sound as a WAV file; undefined: it is missing, or not as it was. */
export async function heardWave(
  library: PromptLibrary,
  { locale, id, row }: Pick<HeardPrompt, "locale" | "id" | "row">,
): Promise<Buffer | undefined> {
  if (row === null) {
    return readFile(path.join(soundFolder(library.soundsDir, locale), `${id}.wav`)).catch(() => undefined);
  }
  const stored = await storedSound(library, row);
  return "wav" in stored ? stored.wav : undefined;
}

/** @throws {PromptRefusal} `unknown_prompt` */
export async function heardPrompt(
  library: PromptLibrary,
  { clientId, locale, id }: PromptKey,
): Promise<HeardPrompt> {
  promptOf(library, locale, id);
  const heard = (await listHeard(library, clientId, locale)).find((known) => known.id === id);
  return heard ?? unrecorded(locale, id);
}

function soundOf(
  rows: readonly PromptVersionRow[],
  id: string,
): (PromptVersionRow & { sound: string }) | undefined {
  const row = rows.find((candidate) => candidate.prompt_id === id);
  // A set that went back to none of its own lets what lies under it through.
  return row === undefined || row.sound === null ? undefined : { ...row, sound: row.sound };
}

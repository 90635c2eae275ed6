import type { Kysely } from "kysely";
import type { PromptOrigin } from "../store/prompt-schema.js";
import type { Schema } from "../store/schema.js";
import {
  insertPromptVersion,
  type NewPromptVersion,
  type PromptKey,
  type PromptVersionRow,
} from "../store/prompts.js";
import type { PromptLibrary } from "./library.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { hasPromptSound, keepPromptSound } from "../store/prompt-sounds.js";
import { encode } from "../sound/formats.js";
import { durationMs, type TelephoneSound } from "../sound/telephone-sound.js";
import { removeLeftovers } from "./sound-files.js";
import { sha256Of } from "./stored-sound.js";

export interface NewSound {
  readonly key: PromptKey;
  readonly origin: Exclude<PromptOrigin, "rollback">;
  readonly sound: TelephoneSound;
  readonly text: string;
  /** Of the file that it came from, without its folder. */
  readonly sourceName: string | null;
}

/**
 * Notes a change in the transaction of the change itself.
 *
 * @param version null: a text that waits was noted or given up.
 */
export type NoteChange = (db: Kysely<Schema>, version: PromptVersionRow | null) => Promise<void>;

/**
 * Sounds that one transaction keeps. Of an archive with more each has one of its own first: together they have up to
 * 140 MB, and everybody who writes would wait. What a crash leaves of them no version names, so that it is pruned.
 */
const MOST_TOGETHER = 8;

/**
 * Makes sounds the current versions of their prompts, all or none: one transaction keeps them and names them. Files are
 * made of them where a call plays them.
 *
 * @param by who did it, for the history.
 */
export async function addVersions(
  library: PromptLibrary,
  sounds: readonly NewSound[],
  by: string,
  note?: NoteChange,
): Promise<PromptVersionRow[]> {
  const { store, dir, clock } = library;
  checkBy(by);
  await removeLeftovers(dir, clock());
  const made = sounds.map((sound) => {
    const wav = encode(sound.sound.pcm, "wav");
    return { wav, row: rowOf(sound, wav, by, clock()) };
  });
  const isKeptBefore = made.length > MOST_TOGETHER;
  for (const { wav, row } of isKeptBefore ? made : []) {
    await store.write((db) => keepPromptSound(db, row.sound, wav));
  }
  return store.write(async (db) => {
    const added: PromptVersionRow[] = [];
    for (const { wav, row } of made) {
      const isThere = isKeptBefore && (await hasPromptSound(db, row.sound));
      if (!isThere) await keepPromptSound(db, row.sound, wav);
      const version = await insertPromptVersion(db, row);
      await note?.(db, version);
      added.push(version);
    }
    return added;
  });
}

/** The same for one. */
export async function addVersion(
  library: PromptLibrary,
  sound: NewSound,
  by: string,
  note?: NoteChange,
): Promise<PromptVersionRow> {
  const [added] = await addVersions(library, [sound], by, note);
  if (added === undefined) throw new Error("one version was to be added, and none was");
  return added;
}

function rowOf(
  { key, origin, sound, text, sourceName }: NewSound,
  wav: Buffer,
  by: string,
  now: number,
): NewPromptVersion & { readonly sound: string } {
  const sha256 = sha256Of(wav);
  return {
    client_id: key.clientId,
    locale: key.locale,
    prompt_id: key.id,
    origin,
    restores: null,
    sound: sha256,
    text,
    source_name: sourceName,
    duration_ms: durationMs(sound.pcm),
    active_level: Math.round(sound.loudness.activeLevel * 10) / 10,
    peak: Math.round(sound.loudness.peak * 10) / 10,
    ulaw_sha256: sha256Of(encode(sound.pcm, "ulaw")),
    alaw_sha256: sha256Of(encode(sound.pcm, "alaw")),
    wav_sha256: sha256,
    created_at: now,
    created_by: by,
  };
}

/** @throws {PromptRefusal} `by_invalid` */
export function checkBy(by: string): void {
  if (!/^[^\p{Cc}]{1,64}$/u.test(by)) {
    throw new PromptRefusal(
      "by_invalid",
      "Who did it is told by 1 to 64 characters, none of them a control character.",
    );
  }
}

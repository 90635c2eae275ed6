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
import { discardSound, keepSound, type KeptSound, removeLeftovers } from "./sound-files.js";
import { durationMs, type TelephoneSound } from "../sound/telephone-sound.js";

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
 * Makes sounds the current versions of their prompts, all or none: the files are durable first, then one
 * transaction names them. A crash in between leaves files that nothing names, and the old versions current.
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
  const kept: KeptSound[] = [];
  try {
    const rows: NewPromptVersion[] = [];
    for (const sound of sounds) {
      const files = await keepSound(dir, sound.key.id, sound.sound.pcm);
      kept.push(files);
      rows.push(rowOf(sound, files, by, clock()));
    }
    return await store.write(async (db) => {
      const added: PromptVersionRow[] = [];
      for (const row of rows) {
        const version = await insertPromptVersion(db, row);
        await note?.(db, version);
        added.push(version);
      }
      return added;
    });
  } catch (error) {
    for (const files of kept) await discardSound(dir, files);
    throw error;
  }
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
  files: KeptSound,
  by: string,
  now: number,
): NewPromptVersion {
  return {
    client_id: key.clientId,
    locale: key.locale,
    prompt_id: key.id,
    origin,
    restores: null,
    sound: files.sound,
    text,
    source_name: sourceName,
    duration_ms: durationMs(sound.pcm),
    active_level: Math.round(sound.loudness.activeLevel * 10) / 10,
    peak: Math.round(sound.loudness.peak * 10) / 10,
    ulaw_sha256: files.sha256.ulaw,
    alaw_sha256: files.sha256.alaw,
    wav_sha256: files.sha256.wav,
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

import {
  insertPromptVersion,
  listPromptVersions,
  type NewPromptVersion,
  type PromptKey,
  type PromptVersionRow,
} from "../store/prompts.js";
import { checkBy, type NoteChange } from "./add-versions.js";
import { type PromptLibrary, promptOf } from "./library.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { storedSound } from "./stored-sound.js";

/**
 * Makes an older version current again, as a new entry of the history.
 *
 * @param to its number; 0: none of this set, so that what lies under it is heard. Default: the one before the
 * current.
 * @throws {PromptRefusal} `no_such_version`, `nothing_older`, `sound_missing`
 */
export async function rollBack(
  library: PromptLibrary,
  key: PromptKey,
  to: number | undefined,
  by: string,
  note?: NoteChange,
): Promise<PromptVersionRow> {
  promptOf(library, key.locale, key.id);
  checkBy(by);
  // Rows of the history keep their sound, so what is found here is still there when it is written.
  const restored = restoredVersion(await listPromptVersions(library.store.read, key), key.id, to);
  const stored = restored === null ? null : await storedSound(library, restored);
  if (stored !== null && "damage" in stored) {
    const was = stored.damage === "missing" ? "is missing" : "was altered";
    throw new PromptRefusal("sound_missing", `That version cannot be heard any more: its sound ${was}.`);
  }
  return library.store.write(async (db) => {
    const version = await insertPromptVersion(db, {
      ...soundOf(restored),
      client_id: key.clientId,
      locale: key.locale,
      prompt_id: key.id,
      origin: "rollback",
      restores: restored?.version ?? 0,
      created_at: library.clock(),
      created_by: by,
    });
    await note?.(db, version);
    return version;
  });
}

/** @returns null: none of this set. */
function restoredVersion(
  history: readonly PromptVersionRow[],
  id: string,
  to: number | undefined,
): PromptVersionRow | null {
  const [current] = history;
  if (current === undefined) {
    throw new PromptRefusal("nothing_older", `${id} was never changed in this set.`);
  }
  const target = to ?? (current.restores ?? current.version) - 1;
  if (target < 0) throw new PromptRefusal("nothing_older", "There is no older version.");
  if (target === 0) return null;
  const version = history.find((row) => row.version === target);
  if (version === undefined) throw new PromptRefusal("no_such_version", `${id} has no version ${target}.`);
  if (version.restores === null) return version;
  // It was a rollback itself: back to what it went back to.
  return history.find((row) => row.version === version.restores) ?? null;
}

type SoundColumns = Omit<
  NewPromptVersion,
  "client_id" | "locale" | "prompt_id" | "origin" | "restores" | "created_at" | "created_by"
>;

function soundOf(row: PromptVersionRow | null): SoundColumns {
  return {
    sound: row?.sound ?? null,
    text: row?.text ?? null,
    source_name: row?.source_name ?? null,
    duration_ms: row?.duration_ms ?? null,
    active_level: row?.active_level ?? null,
    peak: row?.peak ?? null,
    ulaw_sha256: row?.ulaw_sha256 ?? null,
    alaw_sha256: row?.alaw_sha256 ?? null,
    wav_sha256: row?.wav_sha256 ?? null,
  };
}

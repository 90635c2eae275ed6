import { keepPromptSound, listVersionsInFolders, renamePromptSound } from "../store/prompt-sounds.js";
import type { PromptLibrary } from "./library.js";
import { sha256Of, storedSound } from "./stored-sound.js";

/** What became of the sounds that lay in folders of files alone. */
export interface TakenIn {
  readonly taken: number;
  /** Prompts whose file is missing or not as it was: `ja/greeting`, once each. */
  readonly lost: readonly string[];
}

/**
 * Takes sounds into the database that versions before it left in files, one transaction a sound: broken off, it goes on
 * where it was. A version whose file is lost stays as it is, for a later start that finds the file. The files stay, for
 * whoever goes back to the program and the database of before.
 *
 * @throws {StoreUnavailableError}
 */
export async function takeInSounds(library: Pick<PromptLibrary, "store" | "dir">): Promise<TakenIn> {
  const { store } = library;
  const done = new Set<string>();
  const lost = new Set<string>();
  let taken = 0;
  for (const row of await listVersionsInFolders(store.read)) {
    const { sound } = row;
    if (sound === null || done.has(sound)) continue;
    done.add(sound);
    const stored = await storedSound(library, row);
    if ("damage" in stored) {
      lost.add(`${row.locale}/${row.prompt_id}`);
      continue;
    }
    const { wav } = stored;
    const sha256 = sha256Of(wav);
    await store.write(async (db) => {
      await keepPromptSound(db, sha256, wav);
      await renamePromptSound(db, sound, sha256);
    });
    taken += 1;
  }
  return { taken, lost: [...lost] };
}

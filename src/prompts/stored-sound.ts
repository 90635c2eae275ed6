import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { findPromptSound, isHash } from "../store/prompt-sounds.js";
import type { PromptVersionRow } from "../store/prompts.js";
import type { PromptLibrary } from "./library.js";
import { soundPath } from "./sound-files.js";

/** Why a sound that a version names cannot be had. */
type SoundDamage = "missing" | "altered";

/** The sound of a version, as a WAV file. */
export type StoredSound = { readonly wav: Buffer } | { readonly damage: SoundDamage };

export function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The sound of a version, whole or not at all. @param row its `sound` is not null. */
export async function storedSound(
  { store, dir }: Pick<PromptLibrary, "store" | "dir">,
  { sound, prompt_id: id, wav_sha256 }: Pick<PromptVersionRow, "sound" | "prompt_id" | "wav_sha256">,
): Promise<StoredSound> {
  if (sound === null) return { damage: "missing" };
  const wav = isHash(sound) ? await findPromptSound(store.read, sound) : await fileOf(dir, sound, id);
  if (wav === undefined) return { damage: "missing" };
  return sha256Of(wav) === (isHash(sound) ? sound : wav_sha256) ? { wav } : { damage: "altered" };
}

/** Of before sounds were kept in the database. */
async function fileOf(dir: string, folder: string, id: string): Promise<Buffer | undefined> {
  return readFile(`${soundPath(dir, folder, id)}.wav`).catch(() => undefined);
}

import { readFile } from "node:fs/promises";
import type { PromptLibrary } from "./library.js";
import { promptOf } from "./library.js";
import type { Locale } from "../verification/prompt-id.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { listHeard } from "./resolve.js";
import { SOUND } from "../sound/sound.js";
import { readWave, writeWave } from "../sound/wave.js";

/**
 * What a caller of this client would hear, prompt after prompt as on the telephone, as one WAV file (8 kHz).
 *
 * @throws {PromptRefusal} `unknown_prompt`, `sound_missing`
 */
export async function previewSequence(
  library: PromptLibrary,
  clientId: string | null,
  locale: Locale,
  ids: readonly string[],
): Promise<Buffer> {
  for (const id of ids) promptOf(library, locale, id);
  const heard = new Map((await listHeard(library, clientId, locale)).map((prompt) => [prompt.id, prompt]));
  const pieces: Int16Array[] = [];
  for (const id of ids) {
    const file = await readFile(`${heard.get(id)?.file ?? ""}.wav`).catch(() => undefined);
    if (file === undefined) throw new PromptRefusal("sound_missing", `The sound of ${id} is missing.`);
    pieces.push(readWave(file).pcm);
  }
  const joined = new Int16Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return writeWave({ rate: SOUND.sampleRate, pcm: joined });
}

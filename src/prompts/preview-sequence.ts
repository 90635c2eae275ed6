import type { PromptLibrary } from "./library.js";
import { promptOf } from "./library.js";
import type { Locale } from "../verification/prompt-id.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { type HeardPrompt, heardWave, listHeard } from "./resolve.js";
import { SOUND } from "../sound/sound.js";
import { readWave, writeWave } from "../sound/wave.js";

/** A conversation with every question asked again is shorter. */
const MOST_SECONDS = 300;

/**
 * What a caller of this client would hear, prompt after prompt as on the telephone, as one WAV file (8 kHz).
 *
 * @throws {PromptRefusal} `unknown_prompt`, `sound_missing`, `too_long` (over five minutes)
 */
export async function previewSequence(
  library: PromptLibrary,
  clientId: string | null,
  locale: Locale,
  ids: readonly string[],
): Promise<Buffer> {
  for (const id of ids) promptOf(library, locale, id);
  const heard = new Map((await listHeard(library, clientId, locale)).map((prompt) => [prompt.id, prompt]));
  const sounds = new Map<string, Int16Array>();
  const pieces: Int16Array[] = [];
  let length = 0;
  for (const id of ids) {
    const pcm = sounds.get(id) ?? (await soundOf(library, id, heard.get(id)));
    sounds.set(id, pcm);
    pieces.push(pcm);
    length += pcm.length;
    if (length > MOST_SECONDS * SOUND.sampleRate) {
      throw new PromptRefusal("too_long", "Together these prompts are longer than five minutes.");
    }
  }
  const joined = new Int16Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return writeWave({ rate: SOUND.sampleRate, pcm: joined });
}

async function soundOf(
  library: PromptLibrary,
  id: string,
  heard: HeardPrompt | undefined,
): Promise<Int16Array> {
  const wave = heard === undefined ? undefined : await heardWave(library, heard);
  if (wave === undefined) throw new PromptRefusal("sound_missing", `The sound of ${id} is missing.`);
  return readWave(wave).pcm;
}

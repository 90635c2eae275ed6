import { type SpokenKind, telephoneSound, type TelephoneSound } from "../sound/telephone-sound.js";
import { type Decoder, decodeRecording } from "./decode.js";
import { fittingSound, recordedSound } from "./made-sound.js";
import type { Catalogue, SpokenPrompt } from "./prompts-yaml.js";
import { speak } from "./speech.js";
import { requirePrograms } from "./speech-programs.js";

/** Makes the sounds of prompts: a second of processor each, so where is for whoever asks to choose. */
export interface SoundMaker {
  /** @throws {PromptRefusal} what is wrong with the recording. */
  recorded(bytes: Buffer, kind: SpokenKind): Promise<TelephoneSound>;
  /** @throws {PromptRefusal} `speech_program_missing` with what to install. */
  spoken(prompt: SpokenPrompt, catalogue: Catalogue): Promise<TelephoneSound>;
}

/**
 * Makes them in this very thread.
 *
 * @param decoder asked for once the file is worth it: it may have to be fetched.
 * @param dir a folder of ours for the file that ffmpeg reads.
 */
export function makerHere(decoder: () => Promise<Decoder>, dir: string): SoundMaker {
  return {
    recorded: async (bytes, kind) => recordedSound(await decodeRecording(await decoder(), bytes, dir), kind),
    spoken: soundOfText,
  };
}

export async function soundOfText(prompt: SpokenPrompt, catalogue: Catalogue): Promise<TelephoneSound> {
  requirePrograms([catalogue.voice]);
  const { samples, rate } = await speak(prompt, catalogue);
  return fittingSound(telephoneSound(samples, rate, prompt.kind), prompt.kind);
}

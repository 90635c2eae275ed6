import type { PromptKey, PromptVersionRow } from "../store/prompts.js";
import { addVersion, type NewSound, type NoteChange } from "./add-versions.js";
import type { Decoder } from "./decode.js";
import { type PromptLibrary, refusePath, spokenPromptOf } from "./library.js";
import { RECORDING } from "./recording-limits.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { makerHere, type SoundMaker } from "./sound-maker.js";
import { textForSound } from "./texts.js";

export interface Recording {
  /** Of the file, without its folder. */
  readonly name: string;
  readonly bytes: Buffer;
  /** What it says; default: the draft, else the text that is heard now. */
  readonly text?: string | undefined;
}

/**
 * Makes a recording the current version of a prompt.
 *
 * @param decoder asked for once the file is worth it: it may have to be fetched.
 * @throws {PromptRefusal} and nothing was changed.
 */
export async function setRecording(
  library: PromptLibrary,
  decoder: () => Promise<Decoder>,
  key: PromptKey,
  recording: Recording,
  by: string,
  note?: NoteChange,
): Promise<PromptVersionRow> {
  const made = await soundOfRecording(library, makerHere(decoder, library.dir), key, recording);
  return addVersion(library, made, by, note);
}

/**
 * What a recording would be as a version of a prompt; nothing is changed.
 *
 * @throws {PromptRefusal}
 */
export async function soundOfRecording(
  library: PromptLibrary,
  maker: SoundMaker,
  key: PromptKey,
  recording: Recording,
): Promise<NewSound> {
  const { kind } = spokenPromptOf(library, key);
  refusePath(recording.name);
  if (recording.bytes.length > RECORDING.maxFileBytes) throw tooLarge();
  const text = await textForSound(library, key, recording.text);
  const sound = await maker.recorded(recording.bytes, kind);
  return { key, origin: "recording", sound, text, sourceName: recording.name.slice(0, 255) };
}

export function tooLarge(): PromptRefusal {
  const megabytes = RECORDING.maxFileBytes / 1_000_000;
  return new PromptRefusal("file_too_large", `A recording may have ${megabytes} MB.`);
}

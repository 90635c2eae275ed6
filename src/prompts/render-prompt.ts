import type { PromptKey, PromptVersionRow } from "../store/prompts.js";
import { addVersion, type NewSound, type NoteChange } from "./add-versions.js";
import { type PromptLibrary, spokenPromptOf } from "./library.js";
import { type SoundMaker, soundOfText } from "./sound-maker.js";
import { textForSound } from "./texts.js";

/**
 * Has a text spoken and makes that the current version.
 *
 * @param given default: the draft, else the text that is heard now.
 * @throws {PromptRefusal} `speech_program_missing` with what to install, or what is wrong with the text.
 */
export async function renderPrompt(
  library: PromptLibrary,
  key: PromptKey,
  given: string | undefined,
  by: string,
  note?: NoteChange,
): Promise<PromptVersionRow> {
  return addVersion(library, await soundOfSpeech(library, { spoken: soundOfText }, key, given), by, note);
}

/** What a text would be as a version of a prompt; nothing is changed. @throws {PromptRefusal} */
export async function soundOfSpeech(
  library: PromptLibrary,
  maker: Pick<SoundMaker, "spoken">,
  key: PromptKey,
  given: string | undefined,
): Promise<NewSound> {
  const prompt = spokenPromptOf(library, key);
  const text = await textForSound(library, key, given);
  // The reading belongs to the shipped text.
  const { reading, ...rest } = prompt;
  const said = text === prompt.text && reading !== undefined ? prompt : { ...rest, text };
  const sound = await maker.spoken(said, library.catalogues[key.locale]);
  return { key, origin: "speech", sound, text, sourceName: null };
}

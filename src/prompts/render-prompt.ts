import type { PromptKey, PromptVersionRow } from "../store/prompts.js";
import { addVersions } from "./add-versions.js";
import { type PromptLibrary, spokenPromptOf } from "./library.js";
import { fittingSound } from "./recordings.js";
import { speak } from "./speech.js";
import { requirePrograms } from "./speech-programs.js";
import { telephoneSound } from "../sound/telephone-sound.js";
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
): Promise<PromptVersionRow> {
  const prompt = spokenPromptOf(library, key);
  const catalogue = library.catalogues[key.locale];
  const text = await textForSound(library, key, given);
  requirePrograms([catalogue.voice]);
  // The reading belongs to the shipped text.
  const { reading, ...rest } = prompt;
  const said = text === prompt.text && reading !== undefined ? prompt : { ...rest, text };
  const { samples, rate } = await speak(said, catalogue);
  const sound = fittingSound(telephoneSound(samples, rate, prompt.kind), prompt.kind);
  const version = { key, origin: "speech" as const, sound, text, sourceName: null };
  const [added] = await addVersions(library, [version], by);
  if (added === undefined) throw new Error("one version was to be added, and none was");
  return added;
}

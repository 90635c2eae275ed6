import { existsSync } from "node:fs";
import path from "node:path";
import { type Locale, LOCALES, PROMPT_IDS, type PromptId } from "../verification/prompt-id.js";

/** Formats of which one must be there; Asterisk picks the one that is cheapest for the channel. */
const ENDINGS = [".ulaw", ".alaw", ".wav", ".sln16"];

/** Prompts without sound. */
class MissingPromptsError extends Error {
  readonly code = "prompts_missing";

  constructor(files: readonly string[]) {
    super(`prompts without sound: ${files.join(", ")}`);
    this.name = "MissingPromptsError";
  }
}

/** Absolute path of a shipped prompt without its ending, as Asterisk wants it. */
export type ShippedFile = (locale: Locale, id: PromptId) => string;

/**
 * The recorded guidance in a folder of locales.
 *
 * @throws {MissingPromptsError} at start rather than as silence in somebody's ear.
 */
export function openCatalogue(soundsDir: string, locales: readonly Locale[] = LOCALES): ShippedFile {
  const missing = locales.flatMap((locale) =>
    PROMPT_IDS.map((id) => path.join(soundsDir, locale, id)).filter(
      (file) => !ENDINGS.some((ending) => existsSync(file + ending)),
    ),
  );
  if (missing.length > 0) throw new MissingPromptsError(missing);
  return (locale, id) => path.join(soundsDir, locale, id);
}

import path from "node:path";
import type { Config } from "../config.js";
import type { PromptKey } from "../store/prompts.js";
import type { Store } from "../store/store.js";
import { isPayeeId, payeePrompt } from "./payee-prompts.js";
import { type Catalogue, type Prompt, readCatalogue, type SpokenPrompt } from "./prompts-yaml.js";
import { type Locale, LOCALES } from "../verification/prompt-id.js";
import { PromptRefusal } from "./prompt-refusal.js";

/** Everything by which prompts are managed: the shipped catalogue, what was put over it, and where. */
export interface PromptLibrary {
  readonly store: Store;
  /** The shipped sounds. */
  readonly soundsDir: string;
  /** The sounds of versions. */
  readonly dir: string;
  readonly catalogues: Readonly<Record<Locale, Catalogue>>;
  readonly clock: () => number;
}

/** Where the versions lie: in the data directory, unless the settings name another place. */
export function versionsDir({ dataDir, promptsDir }: Pick<Config, "dataDir" | "promptsDir">): string {
  return promptsDir ?? path.join(dataDir, "prompts");
}

export function openPromptLibrary(
  store: Store,
  dir: string,
  soundsDir: string,
  clock: () => number = Date.now,
): PromptLibrary {
  const catalogues = Object.fromEntries(
    LOCALES.map((locale) => [locale, readCatalogue(soundsDir, locale)]),
  ) as PromptLibrary["catalogues"];
  return { store, soundsDir, dir, catalogues, clock };
}

/** @throws {PromptRefusal} `unknown_locale`, `path_in_name` */
export function localeOf(text: string): Locale {
  const locale = LOCALES.find((known) => known === text);
  if (locale !== undefined) return locale;
  refusePath(text);
  throw new PromptRefusal("unknown_locale", `There is no locale ${text}; expected ${LOCALES.join(" or ")}.`);
}

/** @throws {PromptRefusal} `unknown_prompt`, `path_in_name` */
export function promptOf(library: PromptLibrary, locale: Locale, id: string): Prompt {
  const prompt = library.catalogues[locale].prompts.find((known) => known.id === id);
  if (prompt !== undefined) return prompt;
  if (isPayeeId(id)) return payeePrompt(id);
  refusePath(id);
  throw new PromptRefusal("unknown_prompt", `There is no prompt ${id}.`);
}

/** Asterisk plays it by itself when Honnin does not answer, so it knows of no versions. */
const PLAYED_BY_ASTERISK = "apology";

/** Whether a prompt can have versions: silences have nothing to record or to say. */
export function isReplaceable(prompt: Pick<Prompt, "id" | "kind">): boolean {
  return prompt.kind !== "silence" && prompt.id !== PLAYED_BY_ASTERISK;
}

/**
 * A prompt that can have versions.
 *
 * @throws {PromptRefusal} `unknown_prompt`, `path_in_name`, `prompt_is_silence`, `prompt_is_fixed`
 */
export function spokenPromptOf(library: PromptLibrary, { locale, id }: PromptKey): SpokenPrompt {
  const prompt = promptOf(library, locale, id);
  if (prompt.kind === "silence") throw new PromptRefusal("prompt_is_silence", `${id} is a silence.`);
  if (isReplaceable(prompt)) return prompt;
  throw new PromptRefusal(
    "prompt_is_fixed",
    `${id} is played by Asterisk when Honnin does not answer; it cannot be replaced.`,
  );
}

/** @throws {PromptRefusal} `path_in_name` */
export function refusePath(name: string): void {
  if (/[/\\\0]|^\.\.?$/.test(name)) {
    throw new PromptRefusal("path_in_name", "A name must not hold a path.");
  }
}

import { CLIENT_SETTINGS, DIDS_SETTING } from "../../src/clients/client-settings.js";
import type { Language, Say } from "./languages.js";

/** What the console says of the settings of a client: the words of the manual, for a browser. */
export const CONSOLE_WORDS = "web/console/text/client-setting-words.ts";

const RANGE = /^([\d.]+) to ([\d.]+)$/;

/** The file as the code is now, not formatted. */
export function consoleWords(says: Readonly<Record<Language, Say>>): string {
  const words = Object.fromEntries(
    Object.entries({ dids: DIDS_SETTING, ...CLIENT_SETTINGS }).map(([key, setting]) => [
      key,
      { ja: inLanguage(setting, says.ja), en: inLanguage(setting, says.en) },
    ]),
  );
  return `/* Made from the code by \`npm run docs\`; what is written here by hand is lost. */

interface Words {
  readonly meaning: string;
  readonly accepted: string;
  /** What holds where it is not set; empty: its default, or nothing. */
  readonly unset: string;
}

export const CLIENT_SETTING_WORDS = ${JSON.stringify(words, null, 2)} as const satisfies Readonly<
  Record<string, { readonly ja: Words; readonly en: Words }>
>;
`;
}

function inLanguage(
  { meaning, expected, unset }: { meaning: string; expected: string; unset?: string },
  say: Say,
): { meaning: string; accepted: string; unset: string } {
  const [, from, to] = RANGE.exec(expected) ?? [];
  const accepted =
    from === undefined || to === undefined
      ? say(expected)
      : say("FROM to TO").replace("FROM", from).replace("TO", to);
  // The name of another setting is the same in every language.
  const unsetText = unset === undefined || unset.startsWith("HONNIN_") ? (unset ?? "") : say(unset);
  return { meaning: plain(say(meaning)), accepted: plain(accepted), unset: plain(unsetText) };
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll("`", "");
}

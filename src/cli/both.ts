import { CommandError, EXIT } from "./exit-codes.js";

/** The languages that commands speak to people. */
const LANGUAGES = ["ja", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The same in each of them. */
export type Both = Readonly<Record<Language, string>>;

export const LANG_OPTION = [
  "--lang <language>",
  "ja or en; default: that of the terminal (LC_ALL, LC_MESSAGES, LANG)",
] as const;

/**
 * What was asked for, else the language of the terminal.
 *
 * @throws {CommandError} for one that there is not.
 */
export function languageOf(asked: string | undefined, env: NodeJS.ProcessEnv): Language {
  if (asked !== undefined) {
    const known = LANGUAGES.find((language) => language === asked);
    if (known === undefined) throw new CommandError(`--lang: ${LANGUAGES.join(" or ")}`, EXIT.usage);
    return known;
  }
  const [locale = ""] = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].filter(
    (name) => name !== undefined && name !== "",
  );
  return /^ja(?:[_.@-]|$)/i.test(locale) ? "ja" : "en";
}

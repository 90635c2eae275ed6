/** The languages in which people are told of verifications, in the console and by commands. */
export type Language = "ja" | "en";

/** The same in both. */
export type Both = readonly [ja: string, en: string];

export function inLanguage([ja, en]: Both, language: Language): string {
  return language === "ja" ? ja : en;
}

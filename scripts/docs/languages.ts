/** The languages of the manual; the first is the one that the code's own words are in. */
export const LANGUAGES = ["en", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Words of the code in the language of a page. */
export type Say = (english: string) => string;

import { computed, type ReadonlySignal } from "@preact/signals";
import { type Both, inLanguage } from "../../../src/console/words/language.js";
import * as words from "../../../src/console/words/verification-words.js";
import { language } from "./text.js";

function inWords<Word extends string>(
  both: Readonly<Record<Word, Both>>,
): ReadonlySignal<Readonly<Record<Word, string>>> {
  return computed(() => {
    const pairs = Object.entries<Both>(both).map(([word, one]) => [word, inLanguage(one, language.value)]);
    return Object.fromEntries(pairs) as Record<Word, string>;
  });
}

export const STATUS_WORDS = inWords(words.STATUS_WORDS);
export const REASON_WORDS = inWords(words.REASON_WORDS);
export const OUTCOME_WORDS = inWords(words.OUTCOME_WORDS);
export const METHOD_WORDS = inWords(words.METHOD_WORDS);
export const DIRECTION_WORDS = inWords(words.DIRECTION_WORDS);
export const CHANNEL_WORDS = inWords(words.CHANNEL_WORDS);
export const LINE_WORDS = inWords(words.LINE_WORDS);
export const LOCALE_WORDS = inWords(words.LOCALE_WORDS);
export const NOTE_WORDS = inWords(words.NOTE_WORDS);

import type { Locale, PromptId } from "../prompt-id.js";
import { type Currency, MOST } from "../transaction.js";
import { englishAmount } from "./english.js";
import { japaneseAmount } from "./japanese.js";

/**
 * An amount as pieces, one after another without pauses.
 *
 * @param amount as `canonicalAmount` spells it; zero can be said as well.
 * @throws {RangeError} for anything else.
 */
export function spokenAmount(amount: string, currency: Currency, locale: Locale): PromptId[] {
  const [, whole, cents] = /^(\d{1,12})(?:\.(\d{2}))?$/.exec(amount) ?? [];
  if (whole === undefined) throw new RangeError(`no amount from 0 to ${String(MOST)}`);
  const parts = { whole: Number(whole), cents: Number(cents ?? "0") };
  switch (locale) {
    case "ja":
      return japaneseAmount(parts, currency);
    case "en":
      return englishAmount(parts, currency);
  }
}

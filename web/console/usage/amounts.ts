import { usageText } from "../text/usage-text.js";
import { language } from "../text/text.js";

/** A number with its thousands set apart. */
export function amount(value: number, fractionDigits = 0): string {
  const locale = language.value === "ja" ? "ja-JP" : "en-GB";
  return new Intl.NumberFormat(locale, { maximumFractionDigits: fractionDigits }).format(value);
}

/** Prices have fractions of a yen; sums are shown in whole ones. */
export function yen(value: number, fractionDigits = 0): string {
  return usageText.value.yen(amount(value, fractionDigits));
}

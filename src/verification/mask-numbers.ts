import { maskNumber } from "./phone-number.js";

/** Digits, of either width, with what people and URIs put between them (RFC 3966 section 5.1.1). */
const DIGITS = /[+＋]?\p{Nd}[\p{Nd}().\s‐-―−ー－-]*\p{Nd}/gu;
/** A date has eight; a Japanese number has nine without its 0. */
const FEWEST = 9;

/** A text in which whatever may be a telephone number is masked. */
export function maskNumbers(text: string): string {
  return text.replace(DIGITS, (run) => {
    const digits = run.normalize("NFKC").replace(/[^\d+]/g, "");
    return digits.replace("+", "").length < FEWEST ? run : maskNumber(digits);
  });
}

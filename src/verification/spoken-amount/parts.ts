import type { PromptId } from "../prompt-id.js";
import type { Currency } from "../transaction.js";
import { type CURRENCY_PIECES, NUMBER_PIECES } from "./pieces.js";

type CurrencyPiece = (typeof CURRENCY_PIECES)[number];

/** Whole numbers, not negative. */
export interface AmountParts {
  readonly whole: number;
  /** Hundredths: 0 of a currency without. */
  readonly cents: number;
}

/** How a currency is said, and in which last digits it melts with the number before it. */
export interface Unit {
  readonly name: CurrencyPiece;
  readonly melted: Readonly<Partial<Record<number, CurrencyPiece>>>;
}

const CENTS: Unit = {
  name: "currency-cent",
  melted: { 1: "currency-cent-1", 8: "currency-cent-8", 10: "currency-cent-10" },
};

const UNITS: Readonly<Record<Currency, Unit>> = {
  JPY: { name: "currency-yen", melted: { 4: "currency-yen-4" } },
  USD: { name: "currency-dollar", melted: { 1: "currency-dollar-1" } },
  EUR: { name: "currency-euro", melted: { 1: "currency-euro-1" } },
};

/** `number-N`, of those that are one word. */
export function numberPiece(value: number): PromptId {
  const piece = NUMBER_PIECES.find((id) => id === `number-${String(value)}`);
  if (piece === undefined) throw new RangeError("there is no word for this number");
  return piece;
}

/** The powers of ten of which it is made, the greatest first, 0 left out: 321 is 300, 20, 1. */
export function placesOf(value: number, powers: readonly number[]): number[] {
  return powers.map((power) => Math.floor((value / power) % 10) * power).filter((place) => place > 0);
}

/** Dollars and cents, or one of them; zero is said of the whole. */
export function joined(
  { whole, cents }: AmountParts,
  currency: Currency,
  say: (value: number, unit: Unit) => PromptId[],
): PromptId[] {
  if (whole === 0 && cents === 0) return ["digit-0", UNITS[currency].name];
  return [...(whole === 0 ? [] : say(whole, UNITS[currency])), ...(cents === 0 ? [] : say(cents, CENTS))];
}

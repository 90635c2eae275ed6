/** What a person is asked to agree to: the code is for this and for nothing else. */
export interface Transaction {
  /** Decimal digits, with as many decimals as the currency has: `12000` yen, `12.50` dollars. */
  readonly amount: string;
  readonly currency: Currency;
  /** Who is paid, as it is said. */
  readonly payee: string;
  /** The client's own, not said. */
  readonly reference: string;
}

/** ISO 4217; those that can be said. */
export const CURRENCIES = ["JPY", "USD", "EUR"] as const;
export type Currency = (typeof CURRENCIES)[number];

/** ISO 4217: digits after the point. */
export const DECIMALS: Readonly<Record<Currency, 0 | 2>> = { JPY: 0, USD: 2, EUR: 2 };

/** In whole units of any currency; the largest that is said. */
export const MOST = 999_999_999_999;

/**
 * An amount in the one spelling by which two are the same.
 *
 * @returns null for what is none: 0, a sign, an exponent, leading zeros, too many decimals or too few, too large.
 */
export function canonicalAmount(amount: string, currency: Currency): string | null {
  const [, whole, cents] = /^(0|[1-9]\d{0,11})(?:\.(\d{2}))?$/.exec(amount) ?? [];
  if (whole === undefined) return null;
  if (DECIMALS[currency] === 0) return cents === undefined && whole !== "0" ? whole : null;
  const spelt = `${whole}.${cents ?? "00"}`;
  return spelt === "0.00" ? null : spelt;
}

/** All of it in one spelling: what a code is bound to. No two transactions have the same. */
export function canonicalTransaction({ amount, currency, payee, reference }: Transaction): string {
  return JSON.stringify([amount, currency, payee, reference]);
}

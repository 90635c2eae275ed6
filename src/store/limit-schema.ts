/** A sum over a time: of money spent, or of things done. */
export interface CounterTable {
  /** What is counted: `spent/<client>`, `spent/` for all, `block/<keyed index>`, `registered/<client>`, `calls/<client>`, `messages/<client>`. */
  scope: string;
  /** `2026-11-27` or `2026-11` of Japan; of blocks the number of the hour since 1970, of calls and messages that of the five seconds. */
  period: string;
  /** Thousandths of a yen where it is money. */
  amount: number;
  /** The highest share of its budget that was told of, in percent. */
  told: number;
  /** When nobody asks for it any more, epoch milliseconds; null: it is kept. */
  kept_until: number | null;
}

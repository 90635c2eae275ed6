import { JST_OFFSET_MS, monthInJapan } from "../verification/japan-calendar.js";

/** A calendar month in Japan: `[from, to)` in epoch milliseconds. */
export interface Month {
  /** `2026-11`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** @returns undefined when the text is not `YYYY-MM`. */
export function parseMonth(text: string): Month | undefined {
  const match = /^(20\d\d)-(0[1-9]|1[0-2])$/.exec(text);
  if (match === null) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2]);
  return {
    name: text,
    from: Date.UTC(year, month - 1, 1) - JST_OFFSET_MS,
    to: Date.UTC(year, month, 1) - JST_OFFSET_MS,
  };
}

/** The month that a moment falls in. */
export function monthOf(at: number): Month {
  const name = monthInJapan(at);
  const month = parseMonth(name);
  if (month === undefined) throw new RangeError(`no month of this century: ${name}`);
  return month;
}

import { DAY_MS, HOUR_MS } from "./durations.js";

/** Japan keeps one offset all year; a bill's day and month are Japan's, not UTC's. */
export const JST_OFFSET_MS = 9 * HOUR_MS;

/** The day in Japan that a moment falls in: `2026-11-27`. */
export function dayInJapan(at: number): string {
  return new Date(at + JST_OFFSET_MS).toISOString().slice(0, 10);
}

/** The month in Japan: `2026-11`. */
export function monthInJapan(at: number): string {
  return dayInJapan(at).slice(0, 7);
}

/** When the next day of Japan begins, epoch milliseconds. */
export function nextDayInJapan(at: number): number {
  return (Math.floor((at + JST_OFFSET_MS) / DAY_MS) + 1) * DAY_MS - JST_OFFSET_MS;
}

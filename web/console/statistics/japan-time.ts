import { DAY_MS, HOUR_MS } from "../../../src/verification/durations.js";
import { JST_OFFSET_MS } from "../../../src/verification/japan-calendar.js";
import { language } from "../text/text.js";

type Step = "hour" | "day";

const ZONE = { timeZone: "Asia/Tokyo" } as const;

function format(at: string, options: Intl.DateTimeFormatOptions): string {
  const locale = language.value === "ja" ? "ja-JP" : "en-GB";
  return new Intl.DateTimeFormat(locale, { ...ZONE, ...options }).format(new Date(at));
}

/** A point, wherever the reader is: `11月27日(金) 15:00`. */
export function pointName(at: string, step: Step): string {
  const day = { month: "short", day: "numeric", weekday: "short" } as const;
  return format(at, step === "day" ? day : { ...day, hour: "2-digit", minute: "2-digit" });
}

/** The beginning or the end of all that is shown, with its year. */
export function boundName(at: string): string {
  return format(at, { dateStyle: "medium", timeStyle: "short" });
}

/** What stands below a plot: at midnight the day, else the hour. */
export function tickName(at: string, step: Step): string {
  const isMidnight = (Date.parse(at) + JST_OFFSET_MS) % DAY_MS === 0;
  if (step === "day" || isMidnight) return format(at, { month: "numeric", day: "numeric" });
  return format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** How many hours, or days, lie between two that are named. */
const APART: Readonly<Record<Step, readonly number[]>> = {
  hour: [1, 2, 3, 6, 12, 24, 48, 72],
  day: [1, 2, 7, 14, 28],
};

/** Which points are named, where there is room for some: round hours of Japan; of days the last one, and back. */
export function ticks(points: readonly { readonly from: string }[], step: Step, most: number): number[] {
  const apart = APART[step].find((one) => points.length / one <= most) ?? points.length;
  return points.flatMap(({ from }, nth) => {
    const hour = Math.round((Date.parse(from) + JST_OFFSET_MS) / HOUR_MS);
    const place = step === "hour" ? hour : points.length - 1 - nth;
    return place % apart === 0 ? [nth] : [];
  });
}

import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../verification/durations.js";

/** Pauses after the first, second … failed attempt, Standard Webhooks 1.0.0 "Deliverability and reliability". */
const PAUSES = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const;

/** So that what failed together does not come back together: up to a tenth more. */
const JITTER = 0.1;

/** No receiver can put us off for longer than this. */
const LONGEST_RETRY_AFTER = 24 * HOUR_MS;

/**
 * When to try again after a failed attempt.
 *
 * @param attempts made, with the one that just failed.
 * @param retryAfterMs what the receiver asked for; the schedule's pause when that is longer.
 * @param random from 0 up to 1.
 * @returns epoch milliseconds, or null: the schedule is at its end.
 */
export function retryAt(
  attempts: number,
  retryAfterMs: number | null,
  random: number,
  now: number,
): number | null {
  const pause = PAUSES[attempts - 1];
  if (pause === undefined) return null;
  const wanted = Math.max(pause, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER));
  return now + Math.round(wanted * (1 + JITTER * random));
}

/** `Retry-After`, RFC 9110 section 10.2.3: seconds or an HTTP date. Milliseconds, or null when it is neither. */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND_MS;
  const at = Date.parse(header);
  return Number.isFinite(at) ? Math.max(0, at - now) : null;
}

import { DAY_MS } from "./durations.js";

/** As many as one verification allows by default: whoever mistypes is not made to wait within a call. */
const ENTRIES = 3;
const FIRST_MS = 60_000;
const LONGEST_MS = DAY_MS;
/** How long the count is kept after the last failure. Nothing ends it sooner: no success, no new code. */
const KEPT_MS = DAY_MS;

export interface UnprovedFailures {
  readonly count: number;
  /** Epoch milliseconds; null: never. */
  readonly lastAt: number | null;
}

/**
 * Until when the unproved callers of a number are not listened to, epoch milliseconds: after each third wrong
 * entry a minute, then 2, 4, 8 … up to a day. A thief who goes on as fast as he is let has 33 entries compared
 * on the first day; see decision 0018.
 */
export function pausedUntil({ count, lastAt }: UnprovedFailures): number {
  if (lastAt === null || count === 0 || count % ENTRIES !== 0) return 0;
  return lastAt + Math.min(LONGEST_MS, FIRST_MS * 2 ** (count / ENTRIES - 1));
}

/** The count after one more failure. */
export function oneMoreFailure({ count, lastAt }: UnprovedFailures, now: number): number {
  return lastAt !== null && now - lastAt < KEPT_MS ? count + 1 : 1;
}

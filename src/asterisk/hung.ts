import { setTimeout as delay } from "node:timers/promises";

/** So many looks in vain, one after another, and it is taken for hung. */
export const LOOKS_IN_VAIN = 6;

/**
 * Looks again and again whether a program is silent.
 *
 * @returns true when it was at several looks in a row; false when `over` comes first.
 */
export async function isHung(
  isSilent: () => boolean,
  over: AbortSignal,
  lookEveryMs = 10_000,
): Promise<boolean> {
  let inVain = 0;
  while (inVain < LOOKS_IN_VAIN) {
    await delay(lookEveryMs, undefined, { signal: over, ref: false }).catch(() => undefined);
    if (over.aborted) return false;
    inVain = isSilent() ? inVain + 1 : 0;
  }
  return true;
}

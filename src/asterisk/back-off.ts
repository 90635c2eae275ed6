/**
 * How long to wait before trying again: doubling from `baseMs` to `capMs`, each time somewhere between
 * half and all of it, so that machines which failed together do not come back together.
 */
export function backOffMs(failures: number, random: () => number, baseMs = 250, capMs = 30_000): number {
  const whole = Math.min(capMs, baseMs * 2 ** Math.min(failures, 20));
  return Math.round(whole / 2 + (whole / 2) * random());
}

/**
 * Exponential back-off with equal jitter: a uniform delay between half and all of min(cap, base·2ⁿ).
 * The jitter keeps many who failed together from coming back in step.
 *
 * @param failures how many times it has failed already (0 for the first wait).
 * @param random uniform in [0, 1).
 * @returns milliseconds
 */
export function backoffMs(failures: number, baseMs: number, capMs: number, random: () => number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30));
  return Math.round(ceiling * (0.5 + random() / 2));
}

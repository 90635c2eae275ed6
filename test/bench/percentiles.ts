/** Nearest-rank percentile (the smallest value that so many per cent do not exceed); NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

/** `n, p50, p90, p99, max` for a row of a table, rounded to whole units. */
export function spread(values: readonly number[]): readonly number[] {
  return [values.length, ...[50, 90, 99, 100].map((percent) => Math.round(percentile(values, percent)))];
}

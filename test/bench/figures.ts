export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Rounded to one decimal. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A count as people read it: 1,000,000. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** By how much the largest is above the smallest, in parts of the smallest. */
export function spread(values: readonly number[]): number {
  return Math.max(...values) / Math.min(...values) - 1;
}

/** Growth of y a unit of x, by least squares; NaN of fewer than two points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const x = mean(points.map((point) => point[0]));
  const y = mean(points.map((point) => point[1]));
  const together = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return together / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

import { COLOURS, escaped, px, svgOf, WIDTH } from "./svg.js";

/** One bar: its name, and its parts from left to right. */
export interface Bar {
  readonly name: string;
  readonly parts: readonly number[];
}

const LEFT = 190;
const RIGHT = 70;
const BAR = 22;
const STEP = 34;
const TOP = 64;

/** Horizontal stacked bars as SVG, each with its sum: a comparison at one look. */
export function stackedBars(title: string, legend: readonly string[], bars: readonly Bar[]): string {
  const sums = bars.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(...sums, Number.MIN_VALUE);
  const height = TOP + bars.length * STEP + 16;
  const drawn = bars.map(({ name, parts }, row) => {
    const y = TOP + row * STEP;
    let x = LEFT;
    const pieces = parts.map((part, index) => {
      const piece = `<rect x="${px(x)}" y="${y}" width="${px(part * scale)}" height="${BAR}" fill="${colour(index)}"/>`;
      x += part * scale;
      return piece;
    });
    return [
      `<text x="${LEFT - 10}" y="${y + 16}" text-anchor="end">${escaped(name)}</text>`,
      ...pieces,
      `<text x="${px(x + 6)}" y="${y + 16}">${(sums[row] ?? 0).toFixed(1)}</text>`,
    ].join("");
  });
  const keys = legend.map(
    (name, index) =>
      `<rect x="${LEFT + index * 170}" y="36" width="12" height="12" fill="${colour(index)}"/>` +
      `<text x="${LEFT + index * 170 + 18}" y="46">${escaped(name)}</text>`,
  );
  return svgOf(title, height, LEFT, [...keys, ...drawn]);
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? "#000000";
}

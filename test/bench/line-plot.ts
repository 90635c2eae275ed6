import { COLOURS, escaped, px, svgOf, WIDTH } from "./svg.js";

/** One line: its name, and its points in the order of x. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 36;
const TOP = 64;
const BOTTOM = 52;
/** Beside their colours. */
const DASHES = ["none", "8 4", "2 3"] as const;
const TICKS = 5;

/** Lines over numbers as SVG. Both axes begin at 0, so that a slope looks as steep as it is. */
export function linePlot(title: string, axes: { x: string; y: string }, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const xs = ticks(Math.max(...points.map(([x]) => x), 0));
  const ys = ticks(Math.max(...points.map(([, y]) => y), 0));
  const left = (x: number): number => LEFT + (x / (xs.at(-1) ?? 1)) * (WIDTH - LEFT - RIGHT);
  const top = (y: number): number => HEIGHT - BOTTOM - (y / (ys.at(-1) ?? 1)) * (HEIGHT - TOP - BOTTOM);
  const grid = [
    ...ys.map(
      (y) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(top(y))}" y2="${px(top(y))}" stroke="#dddddd"/>` +
        `<text x="${LEFT - 8}" y="${px(top(y) + 4)}" text-anchor="end">${label(y)}</text>`,
    ),
    ...xs.map((x) => `<text x="${px(left(x))}" y="${HEIGHT - 32}" text-anchor="middle">${label(x)}</text>`),
  ];
  const drawn = lines.map((line, index) => {
    const { colour, dash } = style(index);
    const path = line.points.map(([x, y]) => `${px(left(x))},${px(top(y))}`).join(" ");
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`;
  });
  const legend = lines.map(({ name }, index) => {
    const { colour, dash } = style(index);
    const x = LEFT + index * 220;
    return (
      `<line x1="${x}" x2="${x + 30}" y1="42" y2="42" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>` +
      `<text x="${x + 38}" y="46">${escaped(name)}</text>`
    );
  });
  return svgOf(title, HEIGHT, LEFT, [
    ...grid,
    ...legend,
    ...drawn,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end">${escaped(axes.x)}</text>`,
    `<text x="8" y="${TOP - 8}">${escaped(axes.y)}</text>`,
  ]);
}

/** Round numbers from 0 to the first that is not below the highest. */
function ticks(highest: number): number[] {
  const rough = highest > 0 ? highest / TICKS : 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.max(1, Math.ceil(highest / step)) + 1 }, (_, index) => index * step);
}

function label(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString("en");
}

function style(index: number): { colour: string; dash: string } {
  return {
    colour: COLOURS[index % COLOURS.length] ?? COLOURS[0],
    dash: DASHES[index % DASHES.length] ?? DASHES[0],
  };
}

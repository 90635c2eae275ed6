/** One line: its name, and its points in the order of x. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 760;
const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 36;
const TOP = 64;
const BOTTOM = 52;
/** Told apart by brightness and by dashes too, for those who do not see colours. */
const STYLES = [
  { colour: "#27548a", dash: "none" },
  { colour: "#e0a458", dash: "8 4" },
  { colour: "#7d8f69", dash: "2 3" },
];
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
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="22" font-size="15" font-weight="bold">${escaped(title)}</text>`,
    ...grid,
    ...legend,
    ...drawn,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end">${escaped(axes.x)}</text>`,
    `<text x="8" y="${TOP - 8}">${escaped(axes.y)}</text>`,
    "</svg>",
    "",
  ].join("\n");
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
  return STYLES[index % STYLES.length] ?? { colour: "#000000", dash: "none" };
}

function px(value: number): string {
  return value.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Figure, stacked } from "./figure.js";

/** As the sheet has it at this moment. */
export interface Look {
  readonly font: string;
  readonly text: string;
  readonly grid: string;
  readonly ground: string;
  readonly limit: string;
  /** Of each series. */
  readonly inks: readonly string[];
}

export interface Ticks {
  readonly at: (most: number) => number[];
  readonly name: (nth: number) => string;
}

/** What a person does with it. */
interface Pointing {
  /** Over a point, or no more over any. */
  readonly hover: (nth: number | null) => void;
  /** A point was chosen, and in it a series, unless it was beside all of them. */
  readonly choose: (nth: number, series: number | null) => void;
}

/** Of lines, told apart by them too. */
const DASHES = [[], [6, 4], [2, 3], [9, 3, 2, 3]];
const HEIGHT = 220;
/** What a name below the plot needs, pixels. */
const TICK_WIDTH = 64;
/** So near a line has to be pointed at, pixels. */
const NEAR = 24;

/** Draws a figure into a place. Loaded with the first that is drawn. @returns what takes it away again. */
export function draw(place: HTMLElement, figure: Figure, look: Look, ticks: Ticks, on: Pointing): () => void {
  const shown =
    figure.kind === "bars" ? stacked(figure.series) : figure.series.map(({ values }) => [...values]);
  const points = figure.series[0]?.values.length ?? 0;
  // Higher bars are drawn first: what stands on another is hidden below it.
  const order = shown.map((_, nth) => (figure.kind === "bars" ? shown.length - 1 - nth : nth));
  const plot = new uPlot(
    {
      width: Math.max(place.clientWidth, 1),
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { show: figure.kind === "lines" } },
      scales: {
        x: { time: false, range: () => [-0.5, points - 0.5] },
        y: { range: (_plot, _low, high) => [0, highest(figure, high)] },
      },
      axes: axes(figure, look, ticks),
      series: [{}, ...order.map((nth) => seriesOf(figure, nth, look))],
      hooks: {
        draw: [
          (drawn) => {
            drawLimit(drawn, figure, look);
          },
        ],
        setCursor: [
          ({ cursor }) => {
            on.hover(cursor.idx ?? null);
          },
        ],
      },
    },
    [Array.from({ length: points }, (_, nth) => nth), ...order.map((nth) => shown[nth] ?? [])],
    place,
  );
  plot.over.addEventListener("click", () => {
    const { idx, top = -1 } = plot.cursor;
    if (typeof idx === "number") on.choose(idx, seriesAt(plot, figure, shown, idx, top));
  });
  const size = new ResizeObserver(() => {
    plot.setSize({ width: Math.max(place.clientWidth, 1), height: HEIGHT });
  });
  size.observe(place);
  return () => {
    size.disconnect();
    plot.destroy();
  };
}

function highest({ limit }: Figure, high: number | null): number {
  return Math.max(high ?? 0, limit?.value ?? 0, 1) * 1.08;
}

function axes({ format }: Figure, { font, text, grid }: Look, ticks: Ticks): uPlot.Axis[] {
  const common = { stroke: text, font: `12px ${font}`, grid: { stroke: grid, width: 1 } };
  const ruler = { stroke: grid, width: 1, size: 4 };
  return [
    {
      ...common,
      ticks: ruler,
      size: 28,
      grid: { show: false },
      splits: ({ width }) => ticks.at(Math.max(2, Math.floor(width / TICK_WIDTH))),
      values: (_plot, places) => places.map(ticks.name),
    },
    { ...common, ticks: ruler, size: 58, values: (_plot, places) => places.map(format) },
  ];
}

function seriesOf({ kind, series }: Figure, nth: number, { inks, ground }: Look): uPlot.Series {
  const ink = inks[nth] ?? "";
  const label = series[nth]?.label ?? "";
  if (kind === "bars") {
    const paths = uPlot.paths.bars?.({ size: [0.8, 48] });
    return { label, fill: ink, stroke: ground, width: 1, points: { show: false }, ...(paths && { paths }) };
  }
  return { label, stroke: ink, width: 2, dash: DASHES[nth] ?? [], points: { size: 5, fill: ink } };
}

/** A line across, above which the others are not to come. */
function drawLimit(plot: uPlot, { limit }: Figure, look: Look): void {
  if (limit === null) return;
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(limit.value, "y", true));
  ctx.save();
  ctx.strokeStyle = look.limit;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** Of bars the one that is there; of lines the nearest. */
function seriesAt(
  plot: uPlot,
  { kind }: Figure,
  shown: readonly (readonly (number | null)[])[],
  nth: number,
  top: number,
): number | null {
  if (kind === "bars") {
    const value = plot.posToVal(top, "y");
    const found = shown.findIndex((sums) => (sums[nth] ?? 0) >= value);
    return found === -1 ? null : found;
  }
  const distances = shown.map((values) => {
    const value = values[nth] ?? null;
    return value === null ? Infinity : Math.abs(plot.valToPos(value, "y") - top);
  });
  const nearest = Math.min(...distances);
  return nearest <= NEAR ? distances.indexOf(nearest) : null;
}

import type { VNode } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Statistics } from "../../../src/console/contract/statistics.js";
import { go } from "../router.js";
import { statisticsText } from "../text/statistics-text.js";
import { language } from "../text/text.js";
import type { Look } from "./draw.js";
import type { Figure } from "./figure.js";
import { FigureTable } from "./figure-table.js";
import { boundName, pointName, tickName, ticks } from "./japan-time.js";
import { useColours } from "./use-colours.js";
import { verificationsOf } from "./verifications-of.js";

interface Props {
  readonly figure: Figure;
  readonly statistics: Statistics;
  readonly client: string;
}

/** A plot with its legend, and the same as a table. */
export function Plot({ figure, statistics, client }: Props): VNode {
  const t = statisticsText.value;
  const { step, points, from, to } = statistics;
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const colours = useColours();
  const [nth, setNth] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let undo = (): void => undefined;
    let gone = false;
    void import("./draw.js").then(
      ({ draw }) => {
        if (gone || place.current === null || legend.current === null) return;
        const look = lookOf(place.current, legend.current);
        const marks = {
          at: (most: number) => ticks(points, step, most),
          name: (one: number) => tickName(points[one]?.from ?? from, step),
        };
        undo = draw(place.current, figure, look, marks, {
          hover: setNth,
          choose: (at, series) => {
            const point = points[at];
            const filter = series === null ? {} : (figure.series[series]?.filter ?? {});
            if (point !== undefined) go(verificationsOf(point, client, filter));
          },
        });
      },
      () => {
        setFailed(true);
      },
    );
    return () => {
      gone = true;
      undo();
    };
  }, [statistics, language.value, colours]);

  const point = nth === null ? undefined : points[nth];
  return (
    <section class="card plot" aria-labelledby={id}>
      <h2 id={id}>{figure.title}</h2>
      <p class="muted small">{figure.meaning}</p>
      {failed ? <p role="alert">{t.noPlot}</p> : null}
      <div
        ref={place}
        class="plot-place"
        role="img"
        aria-label={t.of(figure.title, boundName(from), boundName(to))}
      />
      <p class="small number plot-point">{point === undefined ? " " : pointName(point.from, step)}</p>
      <ul ref={legend} class="legend small">
        {figure.series.map(({ ink, label, values }) => {
          const value = nth === null ? null : (values[nth] ?? null);
          return (
            <li key={ink}>
              <span class={`ink ink-${ink}`} />
              {label}
              {value === null ? null : <span class="number">{figure.format(value)}</span>}
            </li>
          );
        })}
        {figure.limit === null ? null : (
          <li>
            <span class="ink ink-limit" />
            {figure.limit.label}
          </li>
        )}
      </ul>
      <FigureTable figure={figure} statistics={statistics} client={client} />
    </section>
  );
}

/** A canvas knows nothing of sheets: what they say of the elements around it is told to it. */
function lookOf(place: HTMLElement, legend: HTMLElement): Look {
  const { fontFamily, color } = getComputedStyle(place);
  const inks = [...legend.querySelectorAll(".ink")].map((ink) => getComputedStyle(ink).backgroundColor);
  const card = place.closest(".card") ?? place;
  const { backgroundColor, borderTopColor } = getComputedStyle(card);
  return {
    font: fontFamily,
    text: color,
    grid: borderTopColor,
    ground: backgroundColor,
    limit: inks.at(-1) ?? color,
    inks,
  };
}

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Statistics } from "../../../src/console/contract/statistics.js";
import { statisticsText } from "../text/statistics-text.js";
import type { Figure } from "./figure.js";
import { pointName } from "./japan-time.js";
import { verificationsOf } from "./verifications-of.js";

interface Props {
  readonly figure: Figure;
  readonly statistics: Statistics;
  readonly client: string;
}

/** The figures of a plot for whoever does not see it or wants them exactly; each leads where the plot leads. */
export function FigureTable({ figure, statistics: { step, points }, client }: Props): VNode {
  const t = statisticsText.value;
  // Six tables of 168 rows are made when they are looked at.
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{t.asTable}</summary>
      {isOpen ? (
        <div class="scroll" role="region" aria-label={t.tableOf(figure.title)} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.time}</th>
                {figure.series.map(({ ink, label }) => (
                  <th key={ink} scope="col" class="amount">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {points.map((point, nth) => (
                <tr key={point.from}>
                  <th scope="row">
                    <a href={verificationsOf(point, client)}>
                      <time dateTime={point.from}>{pointName(point.from, step)}</time>
                    </a>
                  </th>
                  {figure.series.map(({ ink, values, filter }) => {
                    const value = values[nth] ?? null;
                    const text = value === null ? "—" : figure.format(value);
                    const leads = value !== null && value > 0 && Object.keys(filter).length > 0;
                    return (
                      <td key={ink} class="amount number">
                        {leads ? <a href={verificationsOf(point, client, filter)}>{text}</a> : text}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  );
}

import type { VNode } from "preact";
import type { Statistics } from "../../../src/console/contract/statistics.js";
import { Choice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { useAnswer } from "../parts/use-answer.js";
import { go, location_ } from "../router.js";
import { figuresOf } from "../statistics/figures.js";
import { boundName } from "../statistics/japan-time.js";
import { Plot } from "../statistics/plot.js";
import { statisticsText } from "../text/statistics-text.js";

/** Periods that may be chosen: how many of which steps. */
const PERIODS = {
  "24h": { step: "hour", steps: 24 },
  "72h": { step: "hour", steps: 72 },
  "168h": { step: "hour", steps: 168 },
  "31d": { step: "day", steps: 31 },
  "92d": { step: "day", steps: 92 },
} as const;
type Period = keyof typeof PERIODS;

interface Shown {
  readonly period: Period;
  /** Its id; "": all. */
  readonly client: string;
  /** When it ends; "": now. */
  readonly until: string;
}

/** What happened over time. What is shown is in the address, to be kept and sent on. */
export function StatisticsPage(): VNode {
  const t = statisticsText.value;
  const shown = read(location_.value.query);
  const { period, client, until } = shown;
  const { step, steps } = PERIODS[period];
  const query = new URLSearchParams({ step, steps: String(steps), ...given({ client, until }) });
  const { value, fault, again } = useAnswer<Statistics>(`statistics?${query.toString()}`);
  const show = (change: Partial<Shown>): void => {
    const next = new URLSearchParams(given({ ...shown, ...change }));
    go(`/statistics?${next.toString()}`, { replace: true });
  };
  const periods = (Object.keys(PERIODS) as Period[]).map((one) => [one, t[one]] as const);
  const clients = (value?.clients ?? []).map(({ id, name }) => [id, name] as const);
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <button type="button" class="secondary" onClick={again}>
          {t.refresh}
        </button>
      }
    >
      <div class="card">
        <div class="columns">
          <Choice
            label={t.period}
            value={period}
            options={periods}
            onValue={(one) => {
              show({ period: one, until: "" });
            }}
          />
          <Choice
            label={t.client}
            value={client}
            options={[["", t.allClients] as const, ...clients]}
            onValue={(one) => {
              show({ client: one });
            }}
          />
        </div>
        {value === undefined ? null : (
          <div class="actions">
            <button
              type="button"
              class="secondary small"
              onClick={() => {
                show({ until: value.from });
              }}
            >
              ← {t.earlier}
            </button>
            <button
              type="button"
              class="secondary small"
              disabled={until === ""}
              onClick={() => {
                show({ until: after(value) });
              }}
            >
              {t.later} →
            </button>
            <span class="number" aria-live="polite">
              {t.shown(boundName(value.from), boundName(value.to))}
            </span>
          </div>
        )}
      </div>
      {value === undefined || fault !== null ? <Waiting fault={fault} again={again} /> : null}
      {value === undefined ? null : (
        <>
          <p class="muted small">{t.hover}</p>
          <div class="plots">
            {figuresOf(value).map((figure) => (
              <Plot key={figure.id} figure={figure} statistics={value} client={client} />
            ))}
          </div>
        </>
      )}
    </Page>
  );
}

function read(query: URLSearchParams): Shown {
  const period = query.get("period") ?? "";
  return {
    period: period in PERIODS ? (period as Period) : "24h",
    client: query.get("client") ?? "",
    until: query.get("until") ?? "",
  };
}

/** Those that are something. */
function given(all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

/** The end of the period after one; "" where that is not over. */
function after({ from, to }: Statistics): string {
  const end = 2 * Date.parse(to) - Date.parse(from);
  return end > Date.now() ? "" : new Date(end).toISOString();
}

import type { Statistics } from "../../../src/console/contract/statistics.js";
import { LINE_TYPES } from "../../../src/verification/phone-number.js";
import { FAILURE_REASONS } from "../../../src/verification/status.js";
import { statisticsText } from "../text/statistics-text.js";
import { language } from "../text/text.js";
import { REASON_WORDS, STATUS_WORDS } from "../text/verification-words.js";
import type { Figure, Series } from "./figure.js";

type Point = Statistics["points"][number];
type Value = (point: Point) => number | null;

const PLAIN = { kind: "lines", limit: null } as const;

/** The six plots of the page, in the language that is shown. */
export function figuresOf({ points, trunk_max_calls }: Statistics): Figure[] {
  const t = statisticsText.value;
  const numbers = new Intl.NumberFormat(language.value === "ja" ? "ja-JP" : "en-GB", {
    maximumFractionDigits: 1,
  });
  const whole = (value: number): string => numbers.format(value);
  const seconds = (value: number): string => t.seconds(numbers.format(value));
  const series = (ink: string, label: string, value: Value, filter: Series["filter"] = {}): Series => {
    return { ink, label, values: points.map(value), filter };
  };
  const spread = (of: "to_answer" | "to_verdict"): Series[] => [
    series("a", t.median, (point) => inSeconds(point[of]?.median)),
    series("b", t.p95, (point) => inSeconds(point[of]?.p95)),
  ];
  return [
    {
      ...{ id: "outcomes", title: t.outcomes, meaning: t.outcomesMean },
      ...{ kind: "bars", limit: null, format: whole },
      series: outcomes(points),
    },
    {
      ...PLAIN,
      ...{ id: "answered", title: t.answered, meaning: t.answeredMean },
      format: (value) => t.percent(numbers.format(value)),
      series: LINE_TYPES.filter(
        (type) => type !== "unknown" || points.some(({ calls }) => calls[type] !== undefined),
      ).map((type, nth) => series("abcd".charAt(nth), t[type], ({ calls }) => rate(calls[type]))),
    },
    {
      ...PLAIN,
      ...{ id: "to-answer", title: t.toAnswer, meaning: t.toAnswerMean, format: seconds },
      series: spread("to_answer"),
    },
    {
      ...PLAIN,
      ...{ id: "to-verdict", title: t.toVerdict, meaning: t.toVerdictMean, format: seconds },
      series: spread("to_verdict"),
    },
    {
      ...PLAIN,
      ...{ id: "at-once", title: t.atOnce, meaning: t.atOnceMean, format: whole },
      limit: { label: t.limit(trunk_max_calls), value: trunk_max_calls },
      series: [
        series("a", t.outbound, ({ most_calls }) => most_calls.outbound),
        series("b", t.inbound, ({ most_calls }) => most_calls.inbound),
      ],
    },
    {
      ...PLAIN,
      ...{ id: "trouble", title: t.trouble, meaning: t.troubleMean, format: whole },
      series: [
        series("b", t.wrongCodes, ({ wrong_codes }) => wrong_codes, {
          status: "failed",
          reason: "wrong_code",
        }),
        series("fraud_reported", t.fraudReports, ({ reasons }) => reasons.fraud_reported ?? 0, {
          status: "failed",
          reason: "fraud_reported",
        }),
      ],
    },
  ];
}

/** The successes first, on the ground; then each reason that occurred, and the rest. */
function outcomes(points: readonly Point[]): Series[] {
  const statuses = STATUS_WORDS.value;
  const all: Series[] = [
    {
      ...{ ink: "verified", label: capitalized(statuses.verified), filter: { status: "verified" } },
      values: points.map(({ statuses }) => statuses.verified),
    },
    ...FAILURE_REASONS.map((reason) => ({
      ...{
        ink: reason,
        label: capitalized(REASON_WORDS.value[reason]),
        filter: { status: "failed", reason },
      },
      values: points.map(({ reasons }) => reasons[reason] ?? 0),
    })),
    ...(["expired", "canceled"] as const).map((status) => ({
      ...{ ink: status, label: capitalized(statuses[status]), filter: { status } },
      values: points.map(({ statuses }) => statuses[status]),
    })),
    {
      ...{ ink: "open", label: statisticsText.value.open, filter: {} },
      values: points.map(({ statuses }) => statuses.pending + statuses.in_progress),
    },
  ];
  return all.filter(({ ink, values }) => ink === "verified" || values.some((value) => value !== 0));
}

/** As the other names in a legend. */
function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function inSeconds(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1000;
}

function rate(calls: { readonly made: number; readonly answered: number } | undefined): number | null {
  return calls === undefined || calls.made === 0 ? null : (100 * calls.answered) / calls.made;
}

import type { StatisticsSpan } from "../store/statistics-tally.js";
import { DAY_MS, HOUR_MS } from "../verification/durations.js";
import { JST_OFFSET_MS } from "../verification/japan-calendar.js";
import type { StatisticsStepName } from "./contract/statistics.js";

const STEP_MS: Readonly<Record<StatisticsStepName, number>> = { hour: HOUR_MS, day: DAY_MS };

/** So many hours or days of Japan, the last of them the one in which a moment lies. */
export function spanOf(step: StatisticsStepName, steps: number, lastAt: number): StatisticsSpan {
  const ms = STEP_MS[step];
  const to = (Math.floor((lastAt + JST_OFFSET_MS) / ms) + 1) * ms - JST_OFFSET_MS;
  return { from: to - steps * ms, to, step: ms };
}

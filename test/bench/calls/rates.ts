import { setTimeout as delay } from "node:timers/promises";
import { percentile } from "../percentiles.js";
import type { HonninContender } from "./contenders/honnin.js";
import { type CallCost, costOfCallsIn, type CpuUse, cpuUse } from "./cpu-per-call.js";

/** Calls a second, in the order of each round: neither ever rising nor ever falling. */
const ROUNDS = [
  [40, 10, 120, 20, 80],
  [80, 20, 120, 10, 40],
];
const FEWEST_CALLS = 300;
const LEAST_SECONDS = 10;
const IDLE_SECONDS = 10;
const IDLE_STRETCHES = 3;

/** One running service and how many verifications it had stored when it started. */
export interface Filled {
  readonly stored: number;
  readonly honnin: HonninContender;
}

/** All rounds of one service at one rate. */
export interface RatePoint {
  readonly stored: number;
  readonly rate: number;
  readonly costs: CallCost[];
}

/** By rate and by the amount stored. The services take turns, so that a change of the machine's pace meets all. */
export async function costOfRates(
  services: readonly Filled[],
  calls: number | undefined,
  progress: (line: string) => void,
): Promise<RatePoint[]> {
  const points: RatePoint[] = [];
  for (const [round, rates] of ROUNDS.entries()) {
    for (const rate of rates) {
      for (const { stored, honnin } of round % 2 === 0 ? services : services.toReversed()) {
        let point = points.find((known) => known.stored === stored && known.rate === rate);
        if (point === undefined) points.push((point = { stored, rate, costs: [] }));
        const cost = await costOfCallsIn(honnin, rate, calls ?? Math.max(FEWEST_CALLS, rate * LEAST_SECONDS));
        point.costs.push(cost);
        const { asteriskMs, controllerMs } = cost;
        progress(
          `  round ${round + 1} of ${ROUNDS.length}, ${rate} a second, ${stored} stored: ` +
            `${asteriskMs.toFixed(1)} + ${controllerMs.toFixed(1)} ms`,
        );
      }
    }
  }
  return points.sort((a, b) => a.stored - b.stored || a.rate - b.rate);
}

/** CPU milliseconds a second of services that nobody calls: of several stretches the one in the middle. */
export async function idleCost(services: readonly Filled[]): Promise<CpuUse[]> {
  const looks = [services.map(({ honnin }) => cpuUse(honnin))];
  for (let stretch = 0; stretch < IDLE_STRETCHES; stretch += 1) {
    await delay(IDLE_SECONDS * 1000);
    looks.push(services.map(({ honnin }) => cpuUse(honnin)));
  }
  return services.map((_service, index) => {
    const middle = (of: keyof CpuUse): number => {
      const used = looks.map((look) => look[index]?.[of] ?? NaN);
      const stretches = used.slice(1).map((after, stretch) => after - (used[stretch] ?? NaN));
      return percentile(stretches, 50) / IDLE_SECONDS;
    };
    return { asterisk: middle("asterisk"), controller: middle("controller") };
  });
}

import { setTimeout as delay } from "node:timers/promises";
import { count } from "../figures.js";
import { percentile } from "../percentiles.js";
import type { Contender } from "./contender.js";
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

/** How many verifications a service had stored when it started; null: no service, the dialplan alone. */
export type Stored = number | null;

export interface Filled {
  readonly stored: Stored;
  readonly contender: Contender;
}

/** All rounds of one service at one rate. */
export interface RatePoint {
  readonly stored: Stored;
  readonly rate: number;
  readonly costs: CallCost[];
}

export function nameOf(stored: Stored): string {
  return stored === null ? "dialplan alone" : `${count(stored)} stored`;
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
      for (const { stored, contender } of round % 2 === 0 ? services : services.toReversed()) {
        let point = points.find((known) => known.stored === stored && known.rate === rate);
        if (point === undefined) points.push((point = { stored, rate, costs: [] }));
        const cost = await costOfCallsIn(
          contender,
          rate,
          calls ?? Math.max(FEWEST_CALLS, rate * LEAST_SECONDS),
        );
        point.costs.push(cost);
        const { asteriskMs, controllerMs } = cost;
        progress(
          `  round ${round + 1} of ${ROUNDS.length}, ${rate} a second, ${nameOf(stored)}: ` +
            `${asteriskMs.toFixed(1)} + ${controllerMs.toFixed(1)} ms`,
        );
      }
    }
  }
  return points.sort((a, b) => (a.stored ?? -1) - (b.stored ?? -1) || a.rate - b.rate);
}

/** CPU milliseconds a second of services that nobody calls: of several stretches the one in the middle. */
export async function idleCost(services: readonly Filled[]): Promise<CpuUse[]> {
  const looks = [services.map(({ contender }) => cpuUse(contender))];
  for (let stretch = 0; stretch < IDLE_STRETCHES; stretch += 1) {
    await delay(IDLE_SECONDS * 1000);
    looks.push(services.map(({ contender }) => cpuUse(contender)));
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

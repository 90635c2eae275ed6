import { setTimeout as delay } from "node:timers/promises";
import type { Bench } from "./bench.js";
import { honninContender, type HonninContender } from "./calls/contenders/honnin.js";
import { freshNumbers } from "./calls/cpu-per-call.js";
import { cpuMs } from "./calls/process-usage.js";
import { TimedTrunk } from "./calls/timed-trunk.js";
import { mean, tenth } from "./figures.js";

const SCRAPE_EVERY_MS = 5_000;
const RATE = 2;
const WINDOW_MS = 40_000;
const ROUNDS = 2;
/** For calls to end. */
const REST_MS = 15_000;

/** CPU milliseconds a second of one window. */
interface Cost {
  readonly service: number;
  readonly asterisk: number;
}

/** What a scrape every 5 s costs, against the same service without, in turns: idle, and with calls. */
export const metrics: Bench = {
  name: "metrics",
  title: "What being watched costs",
  run: async ({ calls = RATE * (WINDOW_MS / 1000), progress }) => {
    const trunk = await TimedTrunk.start();
    const honnin = await honninContender(trunk.port);
    try {
      await honnin.call(freshNumbers(20 * RATE), RATE);
      await delay(REST_MS);
      const rows: (string | number)[][] = [];
      // Idle at last: a connection to the API that rests for a minute is closed under the next call.
      for (const [what, count] of [
        [`${String(RATE)} calls a second`, calls],
        ["idle", 0],
      ] as const) {
        const without: Cost[] = [];
        const watched: Cost[] = [];
        for (let round = 1; round <= ROUNDS; round++) {
          without.push(await window(honnin, count, false));
          watched.push(await window(honnin, count, true));
          progress(`  ${what}, round ${String(round)}`);
        }
        rows.push(...rowsOf(what, without, watched));
      }
      const bytes = (await (await fetch(metricsUrl(honnin))).text()).length;
      return {
        notes: [
          `A scrape of ${String(bytes)} bytes every 5 s, and none, in turns of ${String(WINDOW_MS / 1000)} s on one service that has made calls; ${String(ROUNDS)} turns each. What is counted is counted in both. CPU is that of the processes, all threads; the share is of one core.`,
        ],
        tables: [
          {
            title: "CPU milliseconds a second",
            columns: ["", "process", "without", "watched", "share of a core", "of what it took without"],
            rows,
          },
        ],
      };
    } finally {
      await honnin.stop();
      await trunk.stop();
    }
  },
};

function rowsOf(what: string, without: readonly Cost[], watched: readonly Cost[]): (string | number)[][] {
  return (["service", "asterisk"] as const).map((part) => {
    const before = mean(without.map((cost) => cost[part]));
    const after = mean(watched.map((cost) => cost[part]));
    const more = after - before;
    const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
    return [what, part, tenth(before), tenth(after), percent(more / 1000), percent(more / before)];
  });
}

async function window(honnin: HonninContender, calls: number, watched: boolean): Promise<Cost> {
  const ended = new AbortController();
  const scraping = watched ? scrape(metricsUrl(honnin), ended.signal) : Promise.resolve();
  const [begun, service, asterisk] = [
    performance.now(),
    cpuMs(honnin.controllerPid ?? 0),
    cpuMs(honnin.asteriskPid),
  ];
  if (calls > 0) await honnin.call(freshNumbers(calls), RATE);
  await delay(Math.max(0, WINDOW_MS - (performance.now() - begun)) + (calls > 0 ? REST_MS : 0));
  const seconds = (performance.now() - begun) / 1000;
  const cost = {
    service: (cpuMs(honnin.controllerPid ?? 0) - service) / seconds,
    asterisk: (cpuMs(honnin.asteriskPid) - asterisk) / seconds,
  };
  ended.abort();
  await scraping;
  return cost;
}

async function scrape(url: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await (await fetch(url)).text();
    await delay(SCRAPE_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

function metricsUrl({ opsPort }: HonninContender): string {
  return `http://127.0.0.1:${String(opsPort)}/metrics`;
}

import { rmSync } from "node:fs";
import { freeUdpPort } from "../phones/ports.js";
import { tempDir } from "../support/temp-dir.js";
import type { Bench, Findings, Table } from "./bench.js";
import { startBenchAsterisk } from "./calls/bench-asterisk.js";
import { dialplanContender } from "./calls/contenders/plain.js";
import { honninContender, type HonninContender } from "./calls/contenders/honnin.js";
import { type CallCost, callBothWays, costOfCallsIn, type CpuUse } from "./calls/cpu-per-call.js";
import { checkFill, fillDataDir } from "./calls/filled-data-dir.js";
import { GUIDANCE_WITHOUT_PAUSE, type HeldCalls, holdCalls } from "./calls/held-calls.js";
import { rateTables } from "./calls/rate-tables.js";
import { costOfRates, type Filled, idleCost, type RatePoint, type Stored } from "./calls/rates.js";
import { wakeCost } from "./calls/wake-cost.js";
import { count, tenth } from "./figures.js";

/** Until the machine code is what it will be, each way. */
const WARM_UP = 1_000;
const STORED = 1_000_000;
const AT_ONCE = 1_000;
const BURST = { rate: 100, calls: 6_000 };

type Progress = (line: string) => void;
type Trunk = number;

export const curve: Bench = {
  name: "curve",
  title: "What a call costs Honnin as calls and stored rows grow",
  run: async ({ calls, stored = STORED, atOnce = AT_ONCE, progress }) => {
    const trunk = await freeUdpPort();
    const machineAlone = await wakeCost();
    const amounts = [0, Math.round(stored / 10), stored];
    const folders: Awaited<ReturnType<typeof tempDir>>[] = [];
    // They hold gigabytes: gone too when the bench is broken off.
    const remove = (): void => {
      for (const { path } of folders) rmSync(path, { recursive: true, force: true });
    };
    process.once("exit", remove);
    try {
      const filled: string[] = [];
      for (const amount of amounts) {
        const folder = await tempDir();
        folders.push(folder);
        if (amount > 0) filled.push(await fill(folder.path, amount, trunk, progress));
      }
      const places = folders.map((folder, index) => ({ stored: amounts[index] ?? 0, dataDir: folder.path }));
      const { points, idle } = await rates(places, trunk, calls, progress);
      const last = places.at(-1)?.dataDir ?? "";
      const service = await honninContender(trunk, GUIDANCE_WITHOUT_PAUSE, last);
      try {
        await callBothWays(service, trunk, WARM_UP);
        const held = await hold(service, atOnce, progress);
        const burst = await costOfCallsIn(service, BURST.rate, calls ?? BURST.calls);
        return findings({ machineAlone, points, idle, held, burst, filled, stored });
      } finally {
        await service.stop();
      }
    } finally {
      process.off("exit", remove);
      remove();
    }
  },
};

async function fill(dataDir: string, amount: number, trunk: Trunk, progress: Progress): Promise<string> {
  const { seconds, mib } = await fillDataDir(dataDir, amount, trunk);
  const text = `${count(amount)} verifications: ${count(Math.round(mib))} MiB`;
  progress(`  stored ${text} in ${seconds.toFixed(0)} s`);
  return text;
}

/** The dialplan alone, and a service for each amount stored, all up at the same time; they are called in turns. */
async function rates(
  places: readonly { stored: number; dataDir: string }[],
  trunk: Trunk,
  calls: number | undefined,
  progress: Progress,
): Promise<{ points: RatePoint[]; idle: Map<Stored, CpuUse> }> {
  const services: Filled[] = [];
  const asterisk = await startBenchAsterisk(trunk);
  try {
    const dialplan = dialplanContender(asterisk);
    await callBothWays(dialplan, trunk, WARM_UP);
    services.push({ stored: null, contender: dialplan });
    for (const { stored, dataDir } of places) {
      const honnin = await honninContender(trunk, {}, dataDir);
      services.push({ stored, contender: honnin });
      await checkFill(honnin, stored);
      await callBothWays(honnin, trunk, WARM_UP);
    }
    const idle = await idleCost(services);
    const points = await costOfRates(services, calls, progress);
    return { points, idle: new Map(services.map(({ stored }, index) => [stored, idle[index] ?? NONE])) };
  } finally {
    for (const { contender } of services) await contender.stop();
    await asterisk.stop();
  }
}

const NONE = { asterisk: NaN, controller: NaN };

async function hold(honnin: HonninContender, atOnce: number, progress: Progress): Promise<HeldCalls[]> {
  const held: HeldCalls[] = [];
  for (const part of [0.1, 0.5, 1]) {
    const calls = await holdCalls(honnin, Math.max(1, Math.round(atOnce * part)));
    progress(`  ${calls.mostAtOnce} at one time, ${calls.cost.failed} failed`);
    held.push(calls);
  }
  return held;
}

function findings(measured: {
  machineAlone: Table;
  points: readonly RatePoint[];
  idle: ReadonlyMap<Stored, CpuUse>;
  held: readonly HeldCalls[];
  burst: CallCost;
  filled: readonly string[];
  stored: number;
}): Findings {
  const { machineAlone, points, idle, held, burst, filled, stored } = measured;
  const { tables, plots } = rateTables(points, idle);
  const costs = [...points.flatMap((point) => point.costs), ...held.map(({ cost }) => cost), burst];
  const troubles = new Set(
    costs.flatMap((cost) => cost.troubles.map((trouble) => trouble.split("\n")[0] ?? "")),
  );
  return {
    notes: [
      "The whole service: each call that comes in is registered over TLS, durable in SQLite, its events read by a WebSocket; the person keys four digits while the guidance is said and hears the verdict. SIPp and the registrations run on the same machine. The dialplan alone and a service for each amount stored, called in turns; two rounds with the rates in another order, printed as mean ± half the difference of the rounds.",
      `What is stored are real ended verifications with their calls and events, multiplied with ids, numbers and seals of their own and spread over the past 29 days (${filled.join("; ")}).`,
      `Wanted: CPU a call within 10 % from 10 to 80 calls a second and from none to ${count(stored)} stored; none failed of the concurrent calls and of those at ${BURST.rate} a second.`,
      ...(troubles.size > 0
        ? [`Seen: ${[...troubles].join("; ")}.`]
        : ["Every call ended verified in the store."]),
    ],
    tables: [...tables, machineAlone, heldTable(held, stored), burstTable(burst, stored)],
    plots,
  };
}

function heldTable(held: readonly HeldCalls[], stored: number): Table {
  return {
    title: `Concurrent calls, each hearing guidance until all are up; ${count(stored)} stored`,
    columns: [
      "calls",
      "most at one time, SIPp",
      "channels up, ARI",
      "UDP datagrams of the machine, a second and call (sound is 50)",
      "Asterisk, ms a second and call",
      "Node, ms a second and call",
      "Asterisk, ms a call",
      "Node, ms a call",
      "failed",
      "wanted",
    ],
    rows: held.map((row) => [
      count(row.calls),
      row.mostAtOnce,
      row.channelsUp ?? "no answer",
      tenth(row.datagrams),
      row.asteriskMs.toFixed(2),
      row.controllerMs.toFixed(2),
      tenth(row.cost.asteriskMs),
      tenth(row.cost.controllerMs),
      row.cost.failed,
      0,
    ]),
  };
}

function burstTable(burst: CallCost, stored: number): Table {
  return {
    title: `${burst.rate} verifications a second; ${count(stored)} stored`,
    columns: [
      "calls",
      "seconds",
      "Asterisk, ms a call",
      "Node, ms a call",
      "failed",
      "not verified",
      "wanted",
    ],
    rows: [
      [
        count(burst.calls),
        Math.round(burst.seconds),
        tenth(burst.asteriskMs),
        tenth(burst.controllerMs),
        burst.failed,
        burst.troubles.join("; ") || 0,
        0,
      ],
    ],
  };
}

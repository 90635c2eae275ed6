import { setTimeout as delay } from "node:timers/promises";
import { freeUdpPort } from "../phones/ports.js";
import type { Bench, Findings, Table } from "./bench.js";
import { startBenchAsterisk } from "./calls/bench-asterisk.js";
import type { Contender } from "./calls/contender.js";
import { honninContender } from "./calls/contenders/honnin.js";
import { controllerContender, dialplanContender } from "./calls/contenders/plain.js";
import { HANG_UP_AFTER_MS, KEYS, KEYS_AFTER_MS } from "./calls/conversation.js";
import {
  type CallCost,
  callBothWays,
  costOfCallsIn,
  costOfCallsOut,
  freshNumbers,
  memoryMib,
} from "./calls/cpu-per-call.js";
import { startCallers } from "./calls/load.js";
import { mean, tenth } from "./figures.js";
import { stackedBars } from "./stacked-bars.js";

const RATE = 20;
/** Until the machine code of the controllers is what it will be. */
const WARM_UP = 1_000;
const ROUNDS = 2;
/** Calls a second, until one is too many. */
const RATES = [40, 60, 80, 100, 120, 140, 160, 180, 200, 240, 280, 320, 400, 500];
const RATE_SECONDS = 10;
/** Of a hundred thousand calls a hundred. */
const FAILED_ALLOWED = 0.001;
/** A rate counts as kept when its last call is begun so late at most, seconds; SIPp's statistics are of whole ones. */
const LATE_ALLOWED = 2;
const HELD_CALLS = 200;
const HELD_MS = 8_000;

/** The highest rate that a contender bears, calls a second. */
interface Limit {
  readonly highest: number;
  /** The next rate, and what went wrong at it; null: no higher rate was tried. */
  readonly beyond: string | null;
}

/** What was measured of one contender. */
interface Measured {
  readonly costs: CallCost[];
  limit: Limit;
  kibPerCall: number;
}

export const calls: Bench = {
  name: "calls",
  title: "Calls: what Honnin costs beside a bare dialplan and bare controllers",
  run: async ({ calls: count = 400, progress }) => {
    const trunkPort = await freeUdpPort();
    const measured = new Map<string, Measured>();
    // In turns, so that a machine that changes its pace meanwhile treats all alike.
    for (let round = 0; round < ROUNDS; round += 1) {
      await each(trunkPort, async (contender) => {
        const known = measured.get(contender.name) ?? {
          costs: [],
          limit: { highest: 0, beyond: null },
          kibPerCall: NaN,
        };
        measured.set(contender.name, known);
        await callBothWays(contender, trunkPort, WARM_UP);
        known.costs.push(
          await costOfCallsIn(contender, RATE, count),
          await costOfCallsOut(contender, RATE, count, trunkPort),
        );
        if (round === 0) {
          known.kibPerCall = await kibPerCall(contender);
          known.limit = await highestRate(contender);
        }
        progress(`  ${contender.name}, round ${round + 1} of ${ROUNDS}`);
      });
    }
    return findings(measured, count);
  },
};

async function each(trunkPort: number, measure: (contender: Contender) => Promise<void>): Promise<void> {
  const asterisk = await startBenchAsterisk(trunkPort);
  try {
    await measure(dialplanContender(asterisk));
    for (const name of ["rest-websocket", "ari-client"] as const) {
      const contender = await controllerContender(name, asterisk);
      await measure(contender).finally(() => contender.stop());
    }
  } finally {
    await asterisk.stop();
  }
  const honnin = await honninContender(trunkPort);
  await measure(honnin).finally(() => honnin.stop());
}

/**
 * The highest of the rates at which, and below which, less than a tenth of a per cent of the calls failed, the
 * people were called or called as often as they should have, and nothing else was complained of.
 */
async function highestRate(contender: Contender): Promise<Limit> {
  let highest = 0;
  for (const rate of RATES) {
    const cost = await costOfCallsIn(contender, rate, rate * RATE_SECONDS);
    const { failed, calls: made, begunWithinS, troubles } = cost;
    const late = begunWithinS > RATE_SECONDS + LATE_ALLOWED;
    if (failed >= made * FAILED_ALLOWED || late || troubles.length > 0) {
      const why = [
        ...(failed > 0 ? [`${failed} of ${made} failed`] : []),
        ...(late ? [`begun within ${begunWithinS} s, not ${RATE_SECONDS}`] : []),
        ...troubles.map(firstWords),
      ];
      return { highest, beyond: `${rate}: ${why.join("; ")}` };
    }
    highest = rate;
  }
  return { highest, beyond: null };
}

/** Without the heading that SIPp gives to its complaints, and without all but the first. */
function firstWords(trouble: string): string {
  const lines = trouble.split(/[\r\n]+/);
  const first = lines.find((line) => line.trim() !== "" && !line.endsWith("occurred:")) ?? trouble;
  // SIPp's own time stamps come first, in two spellings.
  return first.replace(/^[\d:. \t-]+/, "").trim();
}

/** What a call adds to the memory while it lasts, KiB. */
async function kibPerCall(contender: Contender): Promise<number> {
  const before = memoryMib(contender);
  const numbers = freshNumbers(HELD_CALLS);
  await contender.await(numbers, 100);
  const { did, sipPort } = contender;
  const load = await startCallers({
    rate: 100,
    calls: HELD_CALLS,
    did,
    sipPort,
    numbers,
    hangUpAfterMs: HELD_MS,
  });
  await delay((HELD_CALLS / 100) * 1000 + KEYS_AFTER_MS + HELD_MS / 2);
  const during = memoryMib(contender);
  await load.done;
  return ((during - before) * 1024) / HELD_CALLS;
}

function findings(measured: ReadonlyMap<string, Measured>, count: number): Findings {
  const rows = [...measured].flatMap(([name, { costs }]) =>
    (["in", "out"] as const).map((direction) => {
      const of = costs.filter((cost) => cost.direction === direction);
      return {
        name,
        direction,
        asterisk: mean(of.map((cost) => cost.asteriskMs)),
        controller: mean(of.map((cost) => cost.controllerMs)),
        failed: of.reduce((sum, cost) => sum + cost.failed, 0),
        troubles: of.flatMap((cost) => cost.troubles),
      };
    }),
  );
  const total = (row: (typeof rows)[number]): number => row.asterisk + row.controller;
  const floor = (direction: "in" | "out"): number => {
    const bare = rows.find((row) => row.name === "dialplan" && row.direction === direction);
    return bare === undefined ? NaN : total(bare);
  };
  const cost: Table = {
    title: "CPU a call, milliseconds",
    columns: ["", "calls", "Asterisk", "controller", "together", "times the dialplan", "failed"],
    rows: rows.map((row) => [
      row.name,
      row.direction,
      tenth(row.asterisk),
      row.name === "dialplan" ? "none" : tenth(row.controller),
      tenth(total(row)),
      (total(row) / floor(row.direction)).toFixed(2),
      row.failed,
    ]),
  };
  const limits: Table = {
    title: "Limits, calls that come in",
    columns: [
      "",
      "highest rate with under 0.1 % failed, calls a second",
      "the next, and what went wrong",
      "memory a concurrent call, KiB",
    ],
    rows: [...measured].map(([name, { limit, kibPerCall: kib }]) => [
      name,
      limit.highest,
      limit.beyond ?? "no higher was tried",
      Math.round(kib),
    ]),
  };
  const troubles = rows.flatMap((row) =>
    row.troubles.map((trouble) => `${row.name}: ${firstWords(trouble)}`),
  );
  return {
    notes: [
      `The same call by each: answer, guidance that ${KEYS.length} keys interrupt half a second later, compare, guidance, and the person hangs up ${HANG_UP_AFTER_MS} ms after the first key. ${count} calls each way at ${RATE} a second, ${ROUNDS} rounds in turns, SIPp on the same machine. Keys are RFC 4733 events.`,
      "`dialplan`: `Read` and `Playback`, no controller. `rest-websocket` and `ari-client`: a bare controller, no database, no API, no deadlines. `honnin`: the whole service, each call registered over TLS, durable in SQLite, its events read by a WebSocket.",
      ...(troubles.length > 0 ? [`Seen: ${[...new Set(troubles)].join("; ")}.`] : []),
    ],
    tables: [cost, limits],
    plots: [
      {
        name: "cpu",
        svg: stackedBars(
          "CPU a call, milliseconds",
          ["Asterisk", "controller"],
          rows.map((row) => ({
            name: `${row.name}, ${row.direction}`,
            parts: [row.asterisk, row.controller],
          })),
        ),
      },
    ],
  };
}

/**
 * Measures: `npm run bench [-- NAME … --calls N --digits N --at-once N --stored N]`; without names, everything
 * but `scale` and `soak`, which take a quarter and half an hour by themselves.
 *
 * Exit status: 0 done, 1 a bench failed, 2 wrong usage.
 */
import { parseArgs } from "node:util";

import { childProcesses } from "../calls/child-processes.js";
import { api } from "./api.js";
import { attacks } from "./attacks.js";
import type { Bench, BenchOptions } from "./bench.js";
import { calls } from "./calls.js";
import { connectors } from "./connectors.js";
import { console_ } from "./console.js";
import { curve } from "./curve.js";
import { keys } from "./keys.js";
import { latency } from "./latency.js";
import { metrics } from "./metrics.js";
import { runBench } from "./report.js";
import { scale } from "./scale.js";
import { soak } from "./soak.js";
import { voice } from "./voice.js";

/** A new bench is a file beside this one and a name here. */
const BENCHES: readonly Bench[] = [
  voice,
  keys,
  calls,
  latency,
  curve,
  api,
  connectors,
  console_,
  attacks,
  metrics,
  scale,
  soak,
];

class UsageError extends Error {}

function readRequest(args: string[]): { benches: readonly Bench[]; options: BenchOptions } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      calls: { type: "string" },
      digits: { type: "string" },
      "at-once": { type: "string" },
      stored: { type: "string" },
    },
  });
  for (const name of positionals) {
    if (BENCHES.some((bench) => bench.name === name)) continue;
    const names = BENCHES.map((bench) => `${bench.name}${bench.long === true ? " (only when named)" : ""}`);
    throw new UsageError(`no bench ${name}; there are ${names.join(", ")}`);
  }
  const { calls, digits, stored } = values;
  const atOnce = values["at-once"];
  return {
    benches: BENCHES.filter((bench) =>
      positionals.length === 0 ? bench.long !== true : positionals.includes(bench.name),
    ),
    options: {
      ...(calls === undefined ? {} : { calls: count(calls, "--calls") }),
      ...(digits === undefined ? {} : { digits: count(digits, "--digits") }),
      ...(atOnce === undefined ? {} : { atOnce: count(atOnce, "--at-once") }),
      ...(stored === undefined ? {} : { stored: count(stored, "--stored") }),
      progress: (line) => {
        process.stderr.write(`${line}\n`);
      },
    },
  };
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new UsageError(`${name} is ${text}; expected a count`);
  return value;
}

// A bench that is broken off leaves no Asterisk and no telephone behind.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const child of childProcesses()) {
      try {
        process.kill(Number.parseInt(child, 10), "SIGKILL");
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    process.exit(130);
  });
}

try {
  const { benches, options } = readRequest(process.argv.slice(2));
  for (const bench of benches) {
    options.progress(`${bench.name}: ${bench.title}`);
    await runBench(bench, options);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  process.exitCode = usage ? 2 : 1;
}

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Table } from "../bench.js";

const APART_MS = [0, 2, 5, 20, 50];

/**
 * What the machine itself makes of rare work: the same piece of work costs more CPU the longer the processor
 * has slept before it. Measured beside the calls, because it is in the cost of every call at a low rate. Once more with
 * the processors kept awake by loops that give way to everything else.
 */
export async function wakeCost(): Promise<Table> {
  const asIs = await fixedWork();
  const loops = await keepAwake();
  try {
    const awake = loops === null ? null : await fixedWork();
    return {
      title: "The machine by itself: CPU microseconds of the same piece of work, without Honnin",
      columns: ["milliseconds apart", "as it is", "processors kept awake"],
      rows: APART_MS.map((apart) => [
        apart,
        Math.round(asIs[apart] ?? NaN),
        awake === null ? "not measured" : Math.round(awake[apart] ?? NaN),
      ]),
    };
  } finally {
    for (const loop of loops ?? []) loop.kill("SIGKILL");
  }
}

async function fixedWork(): Promise<Record<string, number>> {
  const script = fileURLToPath(new URL("./fixed-work.ts", import.meta.url));
  const args = ["--import", "tsx", script, ...APART_MS.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Record<string, number>;
}

/** A loop for each processor in the scheduling class below all others; null where that cannot be had. */
async function keepAwake(): Promise<ChildProcess[] | null> {
  const loops = Array.from({ length: availableParallelism() }, () =>
    spawn("chrt", ["--idle", "0", process.execPath, "-e", "process.stdout.write('up');for(;;);"], {
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  process.once("exit", () => {
    for (const loop of loops) loop.kill("SIGKILL");
  });
  const up = await Promise.all(
    loops.map((loop) =>
      Promise.race([
        once(loop.stdout, "data").then(() => true),
        once(loop, "exit").then(() => false),
        once(loop, "error").then(() => false),
      ]).catch(() => false),
    ),
  );
  if (up.every(Boolean)) return loops;
  for (const loop of loops) loop.kill("SIGKILL");
  return null;
}

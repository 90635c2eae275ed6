import { existsSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { poll } from "../../phones/waiting.js";
import type { HonninContender } from "./contenders/honnin.js";
import { cpuUse } from "./cpu-per-call.js";
import type { Load } from "./load.js";
import { residentMib } from "./process-usage.js";

const MEMORY_USAGE = fileURLToPath(new URL("memory-usage.cjs", import.meta.url));
const EVERY_MS = 10_000;
export const SAMPLES_A_MINUTE = 60_000 / EVERY_MS;
/** For the service to have written what it was asked for. */
const WRITTEN_MS = 10_000;

/** How a service under load stands at one moment. Sizes in MiB, CPU in milliseconds since its start. */
export interface Sample {
  /** Since the first sample. */
  readonly seconds: number;
  /** Calls that have ended. */
  readonly calls: number;
  readonly failed: number;
  readonly nodeMib: number;
  readonly heapMib: number;
  readonly asteriskMib: number;
  readonly databaseMib: number;
  readonly walMib: number;
  readonly asteriskMs: number;
  readonly nodeMs: number;
}

/** Settings of a service that is to be sampled. @param file where it writes what memory it uses. */
export function sampled(file: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--require ${MEMORY_USAGE}`, BENCH_MEMORY_USAGE: file };
}

/** Takes a sample every ten seconds until the last call has ended, and one then. */
export async function takeSamples(
  honnin: HonninContender,
  load: Load,
  memoryFile: string,
  tell: (sample: Sample) => void,
): Promise<void> {
  const begun = performance.now();
  const take = async (counts: { successful: number; failed: number }): Promise<void> => {
    const cpu = cpuUse(honnin);
    const seconds = (performance.now() - begun) / 1000;
    tell({
      seconds,
      calls: counts.successful + counts.failed,
      failed: counts.failed,
      nodeMib: residentMib(honnin.controllerPid ?? -1),
      heapMib: await heapMib(honnin, memoryFile),
      asteriskMib: residentMib(honnin.asteriskPid),
      databaseMib: await sizeMib(path.join(honnin.dataDir, "honnin.db")),
      walMib: await sizeMib(path.join(honnin.dataDir, "honnin.db-wal")),
      asteriskMs: cpu.asterisk,
      nodeMs: cpu.controller,
    });
  };
  await take({ successful: 0, failed: 0 });
  const ended = new AbortController();
  const done = load.done.finally(() => {
    ended.abort();
  });
  for (let nth = 1; ; nth += 1) {
    await delay(begun + nth * EVERY_MS - performance.now(), undefined, { signal: ended.signal }).catch(
      () => undefined,
    );
    if (ended.signal.aborted) break;
    // Should SIPp end in this moment, its statistics are gone, and the last sample has them.
    const counts = await load.counts().catch(() => null);
    if (counts !== null) await take(counts);
  }
  await take(await done);
}

/** Node's heap in use, what is no longer needed and not yet collected included. */
async function heapMib(honnin: HonninContender, file: string): Promise<number> {
  await rm(file, { force: true });
  process.kill(honnin.controllerPid ?? -1, "SIGUSR2");
  await poll(() => Promise.resolve(existsSync(file)), WRITTEN_MS, "the service to write what memory it uses");
  const { heapUsed } = JSON.parse(await readFile(file, "utf8")) as { heapUsed: number };
  return heapUsed / 2 ** 20;
}

async function sizeMib(file: string): Promise<number> {
  return (await stat(file)).size / 2 ** 20;
}

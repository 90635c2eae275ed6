import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** Lowers what this process may have open to what it has, for the time of the work. */
export async function withoutDescriptors<T>(work: () => Promise<T>): Promise<T> {
  // In reserve, so that there is something to start prlimit with when it is over.
  const held = Array.from({ length: 40 }, () => openSync("/dev/null", "r"));
  const limit = (soft: number | string): void => {
    const { status } = spawnSync("prlimit", ["--pid", String(process.pid), `--nofile=${soft}:`]);
    if (status !== 0) throw new Error("prlimit failed");
  };
  const before = spawnSync("prlimit", [
    "--pid",
    String(process.pid),
    "--nofile",
    "--noheadings",
    "-o",
    "SOFT",
  ]);
  limit(Math.max(...held) + 1);
  try {
    for (;;) held.push(openSync("/dev/null", "r"));
  } catch {
    // None is left.
  }
  try {
    return await work();
  } finally {
    for (const descriptor of held) closeSync(descriptor);
    limit(before.stdout.toString().trim());
  }
}

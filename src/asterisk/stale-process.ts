import { readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Ends the Asterisk that a killed parent left behind. It is known by the pid file and by its command line,
 * which names our own configuration: a pid alone may long belong to another program.
 */
export async function endStaleProcess(pidFile: string, configFile: string): Promise<number | null> {
  const pid = await readPid(pidFile);
  if (pid === null || !runsWith(pid, configFile)) return null;
  // KILL at once: nobody listens to its calls any more, and its port is wanted now.
  process.kill(pid, "SIGKILL");
  const deadline = Date.now() + 5_000;
  while (runsWith(pid, configFile) && Date.now() < deadline) await delay(20);
  await rm(pidFile, { force: true });
  return pid;
}

/** Whether that process runs now with this file among its arguments. */
export function runsWith(pid: number, configFile: string): boolean {
  try {
    // A zombie's command line is empty.
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")
      .split("\0")
      .includes(configFile);
  } catch {
    return false;
  }
}

async function readPid(pidFile: string): Promise<number | null> {
  try {
    const pid = Number((await readFile(pidFile, "utf8")).trim());
    return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

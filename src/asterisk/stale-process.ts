import { readdirSync, readFileSync } from "node:fs";
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
  while (holdsItsFiles(pid) && Date.now() < deadline) await delay(20);
  await rm(pidFile, { force: true });
  return pid;
}

/**
 * Whether a process has not closed its sockets yet. A dying one loses its command line first, then its files,
 * then becomes a zombie; its main thread may be one while others still hold the files.
 */
function holdsItsFiles(pid: number): boolean {
  try {
    const state = /\) (\S)/.exec(readFileSync(`/proc/${String(pid)}/stat`, "utf8"))?.[1];
    return state !== "Z" || readdirSync(`/proc/${String(pid)}/task`).length > 1;
  } catch {
    return false;
  }
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

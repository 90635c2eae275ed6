import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { takeKernelLock } from "../kernel-lock.js";

/** Another service runs on this data directory. */
export class DataDirInUseError extends Error {
  readonly code = "data_dir_in_use";

  constructor(dataDir: string, pid: string) {
    super(`another honnin (pid ${pid}) runs on ${dataDir}`);
    this.name = "DataDirInUseError";
  }
}

/**
 * One service a data directory: two would dial every verification twice.
 *
 * @returns the function that gives the lock back.
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const pidFile = path.join(dataDir, "service.pid");
  const unlock = takeKernelLock(path.join(dataDir, "service.lock"));
  if (unlock === null) throw new DataDirInUseError(dataDir, readPid(pidFile));
  // For people and for messages only.
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 });
  return () => {
    rmSync(pidFile, { force: true });
    unlock();
  };
}

/** Between two tries to get the lock, milliseconds. */
const TRY_MS = 50;

/**
 * The same for who can wait: a command holds the lock for the moment in which it makes or changes the tables.
 *
 * @throws {DataDirInUseError} when it is not free within `ms`.
 */
export async function lockDataDirWithin(dataDir: string, ms: number): Promise<() => void> {
  for (const giveUpAt = performance.now() + ms; ;) {
    try {
      return lockDataDir(dataDir);
    } catch (error) {
      if (!(error instanceof DataDirInUseError) || performance.now() > giveUpAt) throw error;
      await delay(TRY_MS);
    }
  }
}

function readPid(pidFile: string): string {
  try {
    return readFileSync(pidFile, "utf8");
  } catch {
    return "unknown";
  }
}

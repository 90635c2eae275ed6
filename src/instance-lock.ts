import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Another service runs on this data directory. */
class DataDirInUseError extends Error {
  readonly code = "data_dir_in_use";

  constructor(dataDir: string, pid: number) {
    super(`another honnin (pid ${pid}) runs on ${dataDir}`);
    this.name = "DataDirInUseError";
  }
}

/** Locks of this process. */
const held = new Set<string>();

/**
 * One service a data directory: two would dial every verification twice. A lock left by a killed
 * process is taken over.
 *
 * @returns the function that gives the lock back.
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, "service.pid");
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      held.add(file);
      return () => {
        held.delete(file);
        rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const pid = Number(readFileSync(file, "utf8"));
      if (held.has(file) || isAnother(pid)) throw new DataDirInUseError(dataDir, pid);
      rmSync(file, { force: true });
    }
  }
  throw new DataDirInUseError(dataDir, 0);
}

/** Alive, a node, and not this process: in a container the next start often gets the pid of the killed one. */
function isAnother(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node");
  } catch {
    return false;
  }
}

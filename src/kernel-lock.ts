import { closeSync, openSync } from "node:fs";
import BetterSqlite from "better-sqlite3";
import { hasErrorCode } from "./error-code.js";

/**
 * Takes a lock that one process has at a time. It is the kernel's, on a file that SQLite keeps open: it goes with the
 * process, however that ends, and no pid that was given to another program can be taken for it.
 *
 * @param file made where it is not there; its folder has to be.
 * @returns the function that gives the lock back; null when another has it.
 */
export function takeKernelLock(file: string): (() => void) | null {
  createPrivate(file);
  const lock = new BetterSqlite(file, { timeout: 0 });
  try {
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    if (!(error instanceof BetterSqlite.SqliteError) || error.code !== "SQLITE_BUSY") throw error;
    return null;
  }
  return () => {
    lock.close();
  };
}

/** SQLite would make it readable by everybody. One that is there is left alone: to close it would unlock it. */
function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (!hasErrorCode(error, "EEXIST")) throw error;
  }
}

import { setTimeout as delay } from "node:timers/promises";
import BetterSqlite from "better-sqlite3";

/** How long a lock of another is waited for, and between two tries, milliseconds. */
interface Patience {
  readonly waitMs: number;
  readonly tryMs: number;
}

/**
 * Tries again for as long as another connection has the lock, up to a deadline. The waiting is done between others'
 * work: SQLite's own would hold up the event loop.
 *
 * @throws whatever the step throws when it is not that, or the deadline has passed.
 */
export async function patiently<T>({ waitMs, tryMs }: Patience, step: () => T): Promise<Awaited<T>> {
  for (const giveUpAt = performance.now() + waitMs; ;) {
    try {
      return await step();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      await delay(tryMs * (0.5 + Math.random()));
    }
  }
}

/** Whether another connection had the lock; then the same may go well a moment later. */
function isBusy(error: unknown): boolean {
  return error instanceof BetterSqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

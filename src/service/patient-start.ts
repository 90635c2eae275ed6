import { setTimeout as delay } from "node:timers/promises";
import { errorText, type Logger } from "../log.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import { TerminalError } from "../terminal-error.js";

/** Between two tries, milliseconds. */
const AGAIN_MS = 1_000;
/** A server that is started again, or fails over, is there within that; whoever supervises the service looks then. */
const PATIENCE_MS = 60_000;

/** The database is not to be had, and will not be without somebody's doing. */
class NoDatabaseError extends TerminalError {
  constructor(seconds: number, cause: Error) {
    const why = errorText(cause);
    super(
      "no_database",
      `the database could not be used for ${String(seconds)} seconds, and the service ends: ${why}`,
      `データベースを ${String(seconds)} 秒間利用できなかったため、サービスを終了します（${why}）。`,
      { cause },
    );
  }
}

interface Surroundings {
  readonly log: Logger;
  readonly stopping: AbortSignal;
  /** Default a minute. */
  readonly patienceMs?: number;
}

/**
 * Starts something anew for as long as the database is only away, or busy with others; says so once.
 *
 * @param start has undone what it began when it rejects.
 * @throws {NoDatabaseError} when that lasts for too long.
 * @throws whatever else `start` does, or what the signal was aborted with.
 */
export async function patientStart<T>(
  start: () => Promise<T>,
  { log, stopping, patienceMs = PATIENCE_MS }: Surroundings,
): Promise<T> {
  let giveUpAt: number | undefined;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || !error.mayPass) throw error;
      if (giveUpAt === undefined) {
        log.warn("the database cannot be used yet: the start is tried again for a while", {
          ...{ error: errorText(error), seconds: patienceMs / 1000 },
        });
        giveUpAt = performance.now() + patienceMs;
      }
      if (performance.now() >= giveUpAt) throw new NoDatabaseError(patienceMs / 1000, error);
      await delay(AGAIN_MS, undefined, { signal: stopping }).catch(() => undefined);
      stopping.throwIfAborted();
    }
  }
}

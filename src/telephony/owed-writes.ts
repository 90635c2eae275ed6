import { errorText, type Logger } from "../log.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";

/** Between two tries, milliseconds. */
const AGAIN_MS = 1_000;

interface OwedWrite {
  readonly what: string;
  readonly write: () => Promise<unknown>;
  /** Says whose it is. */
  readonly log: Logger;
}

/**
 * What has happened on calls, on its way into the database. One that refuses for a while (locked, or its disk full)
 * must not make a call last for ever in it, nor lose its answer to the meter: what it refused is kept and written
 * later, in the order in which it happened. What is still owed at a stop is put right by the next start, which ends
 * the calls that it finds open.
 */
export class OwedWrites {
  readonly #log: Logger;
  readonly #owed: OwedWrite[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The try that is under way. */
  #trying: Promise<void> | undefined;
  #stopped = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  get size(): number {
    return this.#owed.length;
  }

  /**
   * Writes, or keeps it to be written. Resolves, never rejects.
   *
   * @param what for the log: "the end of the call".
   * @param write may be made again after a refused commit, so it is given the times of what happened and asks for none.
   * @param log of the call.
   */
  async write(what: string, write: () => Promise<unknown>, log: Logger): Promise<void> {
    // Behind those that were refused: an answer comes before its end.
    if (this.#owed.length > 0) {
      this.#owed.push({ what, write, log });
      return;
    }
    try {
      await write();
    } catch (error) {
      this.#keepOrDrop({ what, write, log }, error);
    }
  }

  /** Waits for the try that is under way, or makes a last one; then no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#tryAgain();
    if (this.#owed.length > 0) this.#log.error("calls are left open in the database", { writes: this.size });
  }

  #keepOrDrop(owed: OwedWrite, error: unknown): void {
    owed.log.error(`${owed.what} could not be stored`, { error: errorText(error) });
    // Whatever else is wrong with it will be wrong with it then, too.
    if (!(error instanceof StoreUnavailableError)) return;
    this.#owed.push(owed);
    this.#arm();
  }

  #arm(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tryAgain(), AGAIN_MS);
  }

  #tryAgain(): Promise<void> {
    this.#trying ??= this.#writeAll().finally(() => {
      this.#trying = undefined;
      if (this.#owed.length > 0) this.#arm();
    });
    return this.#trying;
  }

  async #writeAll(): Promise<void> {
    const before = this.#owed.length;
    for (let next = this.#owed[0]; next !== undefined; next = this.#owed[0]) {
      try {
        await next.write();
      } catch (error) {
        if (error instanceof StoreUnavailableError) return;
        next.log.error(`${next.what} could not be stored`, { error: errorText(error) });
      }
      this.#owed.shift();
    }
    if (before > 0) this.#log.info("what the database had refused is stored", { writes: before });
  }
}

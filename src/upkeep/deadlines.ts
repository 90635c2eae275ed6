import type { Clock } from "../clock.js";
import { errorText, type Logger } from "../log.js";
import type { Store } from "../store/store.js";
import { expire } from "../acts/expire.js";
import { nextDeadline } from "../store/verifications.js";

/** After a failed write, when to try again, milliseconds. */
const RETRY_MS = 1_000;

/** How much later one looks at what is another node's, milliseconds. */
const LATE_MS = 1_000;

/**
 * Ends verifications at their deadline, whether anything happens on a call or not: one timer, set
 * to the earliest deadline in the database.
 */
export class Deadlines {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Infinity;
  #stopped = false;
  readonly #onDeadline = (at: number): void => {
    this.#arm(at);
  };

  constructor(store: Store, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#store.hints.on("deadline", this.#onDeadline);
    await this.#expire();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#store.hints.off("deadline", this.#onDeadline);
  }

  /** Another node may have registered one that ends before those that were known. Never rejects. */
  async look(): Promise<void> {
    const next = await nextDeadline(this.#store.read).catch(() => undefined);
    // Whoever has registered it comes first; where he is gone somebody has to.
    if (next !== undefined) this.#arm(next + LATE_MS);
  }

  #arm(at: number): void {
    if (this.#stopped || at >= this.#armedFor) return;
    clearTimeout(this.#timer);
    this.#armedFor = at;
    this.#timer = setTimeout(() => void this.#expire(), Math.max(0, at - this.#clock()));
  }

  async #expire(): Promise<void> {
    this.#armedFor = Infinity;
    try {
      const now = this.#clock();
      const due = await nextDeadline(this.#store.read);
      if (due !== undefined && due <= now) await expire(this.#store, now);
      const next = await nextDeadline(this.#store.read);
      if (next !== undefined) this.#arm(next);
    } catch (error) {
      this.#log.error("deadlines could not be kept", { error: errorText(error) });
      this.#arm(this.#clock() + RETRY_MS);
    }
  }
}

import type { Clock } from "../clock.js";
import { errorText, type Logger } from "../log.js";
import type { Channel } from "../verification/request-terms.js";
import type { Store } from "../store/store.js";
import { listDue, listDueBy } from "../store/verifications.js";

/** Between two looks, milliseconds. */
const EVERY_MS = 2_000;

/**
 * The calls that the database knows to be due. Hints tell of them at once; what a hint has not told of, because a
 * commit was refused and whoever was to dial has let it go, is found here, every other second and not at the next
 * start alone.
 */
export class DueCalls {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #found: (seq: number, at: number) => void;
  readonly #channel: Channel;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * @param found told of each, over and over until it is due no more.
   * @param channel of messages likewise.
   */
  constructor(
    store: Store,
    clock: Clock,
    log: Logger,
    found: (seq: number, at: number) => void,
    channel: Channel = "voice",
  ) {
    this.#channel = channel;
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#found = found;
  }

  /** Tells of all that will be due, and from then on of those that are. What was due while nobody ran is due now. */
  async start(): Promise<void> {
    const now = this.#clock();
    for (const { seq, next_attempt_at: at } of await listDue(this.#store.read, this.#channel)) {
      this.#tell(seq, Math.max(at ?? now, now));
    }
    this.#lookLater();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), EVERY_MS);
  }

  async #look(): Promise<void> {
    try {
      const due = await listDueBy(this.#store.read, this.#channel, this.#clock());
      for (const { seq, next_attempt_at: at } of due) this.#tell(seq, at);
    } catch (error) {
      if (this.#stopped) return;
      this.#log.error("what is due could not be looked for", {
        channel: this.#channel,
        error: errorText(error),
      });
    }
    this.#lookLater();
  }

  #tell(seq: number, at: number | null): void {
    if (!this.#stopped) this.#found(seq, at ?? this.#clock());
  }
}

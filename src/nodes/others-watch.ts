import { errorText, type Logger } from "../log.js";
import { lastEventSeq } from "../store/events.js";
import type { Store } from "../store/store.js";

/** A hint of another process may get lost: so often it is looked whether one has written, milliseconds. */
const EVERY_MS = 1_000;

interface OthersWatchParts {
  readonly store: Store;
  readonly log: Logger;
  /** What else may hang on it. */
  readonly looks: readonly (() => Promise<void>)[];
}

/**
 * What other processes have written, other nodes or commands, is looked for in the database, as soon as one of them tells
 * of it and each second besides: events for the streams, ends of verifications that are on a call here, deadlines.
 */
export class OthersWatch {
  readonly #parts: OthersWatchParts;
  #version: number;
  #lastEvent = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #again = false;
  readonly #onWrote = (): void => void this.#look();

  constructor(parts: OthersWatchParts) {
    this.#parts = parts;
    this.#version = parts.store.foreignVersion;
  }

  start(): void {
    this.#parts.store.hints.on("others_wrote", this.#onWrote);
    this.#timer = setInterval(() => {
      const { foreignVersion } = this.#parts.store;
      if (foreignVersion === this.#version) return;
      this.#version = foreignVersion;
      this.#onWrote();
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#parts.store.hints.off("others_wrote", this.#onWrote);
  }

  /** One look at a time; what is told meanwhile is looked for before it ends. Never rejects. */
  async #look(): Promise<void> {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#lookOnce();
      }
    } catch (error) {
      this.#parts.log.warn("what others have written could not be looked for", { error: errorText(error) });
    } finally {
      this.#looking = false;
    }
  }

  async #lookOnce(): Promise<void> {
    const { store, looks } = this.#parts;
    const last = await lastEventSeq(store.read);
    if (last !== this.#lastEvent) store.hints.emit("event", []);
    this.#lastEvent = last;
    for (const look of looks) await look();
  }
}

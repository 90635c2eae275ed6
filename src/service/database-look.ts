import type { Clock } from "../clock.js";
import { putMeta } from "../store/meta.js";
import type { Store } from "../store/store.js";

/** A commit so long ago still tells that others can be made, milliseconds. */
const FRESH_MS = 5_000;
/** One that takes longer is none that calls could rely on. */
const COMMIT_MS = 4_000;

/**
 * Whether commits are made. Where calls have just made some, that is known; else one is tried, for a service that a
 * balancer has taken out for it would never learn that the database takes writes again.
 */
export class DatabaseLook {
  readonly #store: Store;
  readonly #clock: Clock;
  #trying: Promise<boolean> | undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Resolves within 4 s; never rejects. */
  commits(): Promise<boolean> {
    if (this.#store.traffic.committedWithin(FRESH_MS)) return Promise.resolve(true);
    this.#trying ??= this.#try().finally(() => {
      this.#trying = undefined;
    });
    return this.#trying;
  }

  #try(): Promise<boolean> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        resolve(false);
      }, COMMIT_MS);
      this.#store
        .write((db) => putMeta(db, "commit_tried_at", String(this.#clock())))
        .then(
          () => true,
          () => false,
        )
        .then((done) => {
          clearTimeout(late);
          resolve(done);
        })
        .catch(() => undefined);
    });
  }
}

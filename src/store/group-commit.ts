import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";
import { StoreUnavailableError } from "./store-unavailable.js";

/** Work inside a transaction. It may be run a second time, so it touches nothing but the database. */
export type Work<T> = (db: Kysely<Schema>) => Promise<T>;

/**
 * Runs works in one durable transaction: what it resolves with is committed, and when it rejects nothing is. Each
 * dialect's own.
 *
 * @throws {StoreUnavailableError} when it is the database that refuses; whatever a work throws.
 */
export type Transact = (works: readonly Work<unknown>[]) => Promise<unknown[]>;

/** Told of each transaction that was committed: how many writes shared it, and how long it took, milliseconds. */
export type OnBatch = (writes: number, ms: number) => void;

interface Queued {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * `now`: somebody waits for it. `soon`: nobody does, so it rides along with the next that is urgent, in
 * the order in which it was asked for, and waits {@link SOON_MS} at most. Of the five writes of a call
 * two are such marks; riding along saves their commits.
 */
export type Urgency = "now" | "soon";

const SOON_MS = 100;

/**
 * Group commit. A durable commit costs one fsync (0.1 to 5 ms by disk; with better-sqlite3, which is synchronous, on
 * the event loop), so one fsync a write would be the ceiling on calls a second. All
 * writes that are asked for within one turn of the loop share a transaction, and each promise
 * settles only after the commit.
 *
 * A piece of work that throws must not take the others with it: then the batch is rolled back and
 * each piece runs again in a transaction of its own. That is rare, and cheaper than a savepoint
 * around every piece. Where it is the database that refuses (locked by another, full) nothing is tried again:
 * each try holds up every call.
 */
export class GroupCommit {
  readonly #transact: Transact;
  readonly #onBatch: OnBatch;
  #queue: Queued[] = [];
  #scheduled = false;
  #soon: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(transact: Transact, onBatch: OnBatch = () => undefined) {
    this.#transact = transact;
    this.#onBatch = onBatch;
  }

  /** @throws {StoreUnavailableError} after close; whatever the work throws. */
  run<T>(work: Work<T>, urgency: Urgency = "now"): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreUnavailableError("the store is closed"));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (urgency === "now") this.#schedule();
      else if (!this.#scheduled) {
        this.#soon ??= setTimeout(() => {
          this.#schedule();
        }, SOON_MS);
      }
    });
  }

  #schedule(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    if (this.#scheduled) return;
    this.#scheduled = true;
    // setImmediate: after the I/O callbacks of this turn, so that all of them get on board.
    setImmediate(() => {
      this.#running = this.#running.then(() => this.#flush());
    });
  }

  /** Commits what is queued, then refuses more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#queue.length > 0) this.#schedule();
    while (this.#scheduled) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await this.#running;
    }
  }

  async #flush(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#queue;
    this.#queue = [];
    try {
      const values = await this.#commit(batch);
      batch.forEach((item, i) => {
        item.resolve(values[i]);
      });
    } catch (error) {
      if (batch.length === 1 || error instanceof StoreUnavailableError) {
        for (const item of batch) item.reject(error);
        return;
      }
      for (const item of batch) {
        try {
          item.resolve((await this.#commit([item]))[0]);
        } catch (own) {
          item.reject(own);
        }
      }
    }
  }

  async #commit(batch: readonly Queued[]): Promise<unknown[]> {
    const begun = performance.now();
    const values = await this.#transact(batch.map(({ work }) => work));
    this.#onBatch(batch.length, performance.now() - begun);
    return values;
  }
}

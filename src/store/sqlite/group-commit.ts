import { setTimeout as delay } from "node:timers/promises";
import type BetterSqlite from "better-sqlite3";
import type { Kysely } from "kysely";
import type { Schema } from "../schema.js";
import { isBusy, runsOn, sqliteOf } from "./sqlite-handle.js";

/** Work inside a transaction. It may be run a second time, so it touches nothing but the database. */
export type Work<T> = (db: Kysely<Schema>) => Promise<T>;

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
 * How long a commit may have to wait for another process that writes (a command, a backup), and between two tries,
 * milliseconds. The waiting is done between others' work: SQLite's own would hold up the event loop.
 */
const LOCK_WAIT_MS = 5_000;
const LOCK_TRY_MS = 10;

/** The store is closed or the database refused the commit; what was to be written is not. */
export class StoreUnavailableError extends Error {
  readonly code = "store_unavailable";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnavailableError";
  }
}

/**
 * Group commit. better-sqlite3 is synchronous and a durable commit costs one fsync on the event
 * loop (0.1 to 5 ms by disk), so one fsync a write would be the ceiling on calls a second. All
 * writes that are asked for within one turn of the loop share a transaction, and each promise
 * settles only after the commit.
 *
 * A piece of work that throws must not take the others with it: then the batch is rolled back and
 * each piece runs again in a transaction of its own. That is rare, and cheaper than a savepoint
 * around every piece. Where it is the database that refuses (locked by another, full) nothing is tried again:
 * each try holds up every call.
 */
export class GroupCommit {
  readonly #db: Kysely<Schema>;
  readonly #onCommit: (connection: Kysely<Schema>) => void;
  #queue: Queued[] = [];
  #scheduled = false;
  #soon: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param onCommit told after each commit, with the handle that its works were given. */
  constructor(db: Kysely<Schema>, onCommit: (connection: Kysely<Schema>) => void = () => undefined) {
    this.#db = db;
    this.#onCommit = onCommit;
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

  #commit(batch: readonly Queued[]): Promise<unknown[]> {
    return this.#db.connection().execute(async (connection) => {
      const sqlite = sqliteOf(this.#db);
      runsOn(connection, sqlite);
      // IMMEDIATE: take the write lock at once, or a CLI that writes meanwhile makes the upgrade fail.
      await begin(sqlite);
      try {
        const values: unknown[] = [];
        for (const item of batch) values.push(await item.work(connection));
        orUnavailable(() => sqlite.prepare("commit").run());
        // Later and outside: whatever a listener does, what is committed stays committed.
        setImmediate(this.#onCommit, connection);
        return values;
      } catch (error) {
        // After some failures, a full disk for one, SQLite has rolled back by itself.
        if (sqlite.inTransaction) sqlite.prepare("rollback").run();
        throw error;
      }
    });
  }
}

/** What ends a transaction fails for the database's sake only, never for that of a piece of work. */
function orUnavailable(step: () => void): void {
  try {
    step();
  } catch (cause) {
    throw refused(cause);
  }
}

/** @throws {StoreUnavailableError} when another has kept the lock for too long. */
async function begin(sqlite: BetterSqlite.Database): Promise<void> {
  for (const giveUpAt = performance.now() + LOCK_WAIT_MS; ;) {
    try {
      sqlite.prepare("begin immediate").run();
      return;
    } catch (cause) {
      if (!isBusy(cause) || performance.now() > giveUpAt) throw refused(cause);
      await delay(LOCK_TRY_MS * (0.5 + Math.random()));
    }
  }
}

function refused(cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError("the database refused the transaction", { cause });
}

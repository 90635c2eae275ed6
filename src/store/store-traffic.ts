import type { OnBatch, Urgency } from "./group-commit.js";
import { StoreUnavailableError } from "./store-unavailable.js";

/**
 * How a write ended: committed; refused by the database; or failed by its own work, which may be a rule that said no.
 */
export type WriteEnd = "committed" | "refused" | "failed";

/** @param ms from when it was asked for until it was known, milliseconds. */
type OnWrite = (end: WriteEnd, urgency: Urgency, ms: number) => void;

/** What is written into the database and how long that takes, for metrics. Costs nothing where nobody listens. */
export class StoreTraffic {
  #onWrite: OnWrite | undefined;
  #onBatch: OnBatch | undefined;
  #commits = 0;
  #committedAt = -Infinity;

  /** Transactions; several writes share one. */
  get commits(): number {
    return this.#commits;
  }

  committed(): void {
    this.#commits += 1;
    this.#committedAt = performance.now();
  }

  /** Whether there was a commit in the last so many milliseconds. */
  committedWithin(ms: number): boolean {
    return performance.now() - this.#committedAt < ms;
  }

  /** Of one transaction. */
  batch(writes: number, ms: number): void {
    this.#onBatch?.(writes, ms);
  }

  /** One listener; a later one takes its place. */
  listen(onWrite: OnWrite, onBatch?: OnBatch): void {
    this.#onWrite = onWrite;
    this.#onBatch = onBatch;
  }

  /** @returns the write, as it is. */
  follow<T>(write: Promise<T>, urgency: Urgency = "now"): Promise<T> {
    const told = this.#onWrite;
    if (told === undefined) return write;
    const begun = performance.now();
    write.then(
      () => {
        told("committed", urgency, performance.now() - begun);
      },
      (error: unknown) => {
        const end = error instanceof StoreUnavailableError ? "refused" : "failed";
        told(end, urgency, performance.now() - begun);
      },
    );
    return write;
  }
}

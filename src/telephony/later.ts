/** A timer of JavaScript sleeps no longer than this, milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** What will be due, each by its `seq` with a timer of its own. */
export class Later {
  readonly #timers = new Map<number, NodeJS.Timeout>();

  has(seq: number): boolean {
    return this.#timers.has(seq);
  }

  seqs(): Iterable<number> {
    return this.#timers.keys();
  }

  drop(seq: number): void {
    clearTimeout(this.#timers.get(seq));
    this.#timers.delete(seq);
  }

  /** In place of what was set before for it. */
  set(seq: number, ms: number, then: () => void): void {
    this.drop(seq);
    const timer = setTimeout(
      () => {
        this.#timers.delete(seq);
        then();
      },
      Math.min(ms, LONGEST_MS),
    );
    this.#timers.set(seq, timer);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

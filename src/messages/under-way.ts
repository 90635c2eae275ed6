/** How long a report waits for the answers that are not committed yet, ms: gateways wait about that long for thanks. */
const PATIENCE_MS = 10_000;

/**
 * Messages that a gateway was given, or is about to be, and whose answer is not committed yet. A report may overtake
 * the answer: what names no message of ours then may do so in a moment.
 */
export class UnderWay {
  readonly #answers = new Set<Promise<void>>();

  /** @returns to be called once its answer is committed, or there will be none. */
  begin(): () => void {
    let answered = (): void => undefined;
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    this.#answers.add(answer);
    return () => {
      this.#answers.delete(answer);
      answered();
    };
  }

  get size(): number {
    return this.#answers.size;
  }

  /** Resolves when those that are under way now are not any more, or with patience at its end; never rejects. */
  async settled(ms = PATIENCE_MS): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([Promise.all(this.#answers), late]);
    clearTimeout(timer);
  }
}

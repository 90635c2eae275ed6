/**
 * After a longer pause between two of our own signs of life the database may have been away, milliseconds. A second more
 * is less than the silence for which a node is given up, so that all have been heard again before anybody judges.
 */
const PAUSE_MS = 4_500;

/**
 * Whether this node may say of another that it is silent. After an outage of the database all have been silent, and who
 * is heard first must not give up the others: only whoever has gone on all the time may.
 */
export class Steadiness {
  readonly #wantedMs: number;
  #since = Infinity;
  #last = -Infinity;

  /** @param wantedMs for so long it has to have gone on. */
  constructor(wantedMs: number) {
    this.#wantedMs = wantedMs;
  }

  /** @param asked of a sign of life that is about to be given, of `performance.now()`. */
  isSteady(asked: number): boolean {
    return asked - this.#last <= PAUSE_MS && asked - this.#since >= this.#wantedMs;
  }

  /** It was committed. */
  given(asked: number): void {
    if (asked - this.#last > PAUSE_MS) this.#since = asked;
    this.#last = asked;
  }
}

/**
 * How long after its last sign of life a node may still act, milliseconds: shorter than the others wait before they give
 * it up. Its own clock of passing time goes on while the process is stopped, so one that wakes knows that it is late.
 */
const LASTS_MS = 5_000;

/** Whether this node still counts for one of those that are there. */
export class Lease {
  #from = -Infinity;

  /** @param asked when the sign of life that was committed now was given, of `performance.now()`. */
  renew(asked: number): void {
    this.#from = asked;
  }

  end(): void {
    this.#from = -Infinity;
  }

  get lasts(): boolean {
    return performance.now() - this.#from < LASTS_MS;
  }
}

import { StoreUnavailableError } from "../store-unavailable.js";

/** How long somebody waits for a connection that others use: longer than any query of theirs may take. */
const WAIT_MS = 20_000;

/**
 * So many at a time; the others wait for their turn, in the order in which they came. The pool's own waiting has one
 * deadline with the making of a connection, and a crowd is no sign of a server that is away.
 */
export class Places {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** @returns what gives the place to the next. @throws {StoreUnavailableError} when none was free in time. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn();
    return () => {
      this.#leave();
    };
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(enter);
        reject(new StoreUnavailableError("too many others ask the database", { mayPass: true }));
      }, WAIT_MS);
      const enter = (): void => {
        clearTimeout(late);
        resolve();
      };
      this.#waiting.add(enter);
    });
  }

  #leave(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      next();
      return;
    }
    this.#free += 1;
  }
}

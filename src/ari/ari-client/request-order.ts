/**
 * Requests over connections of their own may overtake one another: a prompt's end its beginning, a hang-up
 * its call. Those of one lane go out one after another, as over a single socket; lanes do not wait for each
 * other.
 */
export class RequestOrder {
  readonly #last = new Map<string, Promise<void>>();

  /** Settles, never rejects, when all that were asked before in these lanes have ended; undefined when none waits. */
  before(lanes: readonly string[]): Promise<unknown> | undefined {
    const waiting = lanes.flatMap((lane) => this.#last.get(lane) ?? []);
    return waiting.length === 0 ? undefined : Promise.all(waiting);
  }

  /** The lanes are taken until the request has ended, however it does. */
  enter(lanes: readonly string[], request: Promise<unknown>): void {
    const ended = request.then(
      () => undefined,
      () => undefined,
    );
    for (const lane of lanes) this.#last.set(lane, ended);
    void ended.then(() => {
      for (const lane of lanes) if (this.#last.get(lane) === ended) this.#last.delete(lane);
    });
  }

  /** Lanes taken at this moment. */
  get size(): number {
    return this.#last.size;
  }
}

/** A sample so old counts no more, milliseconds: the server may be another machine now, or its clock have been set. */
const LASTS_MS = 60_000;

interface Sample {
  /** Of `performance.now()`. */
  readonly at: number;
  /** What the server's time was ahead of that. */
  readonly ahead: number;
}

/**
 * The time of the database server, which all nodes have in common, whatever their own clocks say. Told with each
 * transaction; an answer that was late makes the server look late, so that the earliest of a minute is the best.
 */
export class ServerTime {
  #samples: Sample[] = [];

  /** @returns before the first word of the server this machine's own time. */
  now(): number {
    const { ahead } = this.#samples[0] ?? { ahead: performance.timeOrigin };
    return Math.floor(performance.now() + ahead);
  }

  /** @param time as the server has just told it, epoch milliseconds. */
  told(time: number): void {
    const at = performance.now();
    const ahead = time - at;
    // Only those that may be the greatest some day, greatest first.
    const kept = this.#samples.filter((one) => one.ahead > ahead && at - one.at < LASTS_MS);
    this.#samples = [...kept, { at, ahead }];
  }
}

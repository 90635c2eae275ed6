/**
 * Keeps new calls under a rate: the generic cell rate algorithm (ITU-T I.371), one number of state.
 * A tenth of a second's worth of calls may go at once, so that timers of a millisecond's coarseness
 * do not eat the rate at 100 calls a second, and at ordinary rates (up to 10 a second) none bunch up.
 */
export class Pacing {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  #nextAt = 0;

  constructor(callsPerSecond: number) {
    this.#intervalMs = 1000 / callsPerSecond;
    this.#toleranceMs = Math.max(0, 100 - this.#intervalMs);
  }

  /** @returns 0 when a call may go now (and counts it), else the milliseconds to wait. */
  take(now: number): number {
    // Never further ahead than this, unless the clock was set back: then nobody would be called until it has caught up.
    this.#nextAt = Math.min(this.#nextAt, now + this.#toleranceMs + this.#intervalMs);
    const earliest = this.#nextAt - this.#toleranceMs;
    if (now < earliest) return Math.ceil(earliest - now);
    this.#nextAt = Math.max(now, this.#nextAt) + this.#intervalMs;
    return 0;
  }
}

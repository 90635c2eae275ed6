/** A tenth of a second's worth, see {@link Pacing}. */
const SMOOTH_MS = 100;

/**
 * Keeps new calls under a rate: the generic cell rate algorithm (ITU-T I.371), one number of state.
 * A tenth of a second's worth of calls may go at once, so that timers of a millisecond's coarseness
 * do not eat the rate at 100 calls a second, and at ordinary rates (up to 10 a second) none bunch up.
 */
export class Pacing {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  #nextAt = 0;

  /** @param burstMs so many milliseconds' worth of calls may go at once. */
  constructor(callsPerSecond: number, burstMs = SMOOTH_MS) {
    this.#intervalMs = 1000 / callsPerSecond;
    this.#toleranceMs = Math.max(0, burstMs - this.#intervalMs);
  }

  /** @returns 0 when a call may go now, else the milliseconds to wait. */
  wait(now: number): number {
    // Never further ahead than this, unless the clock was set back: then nobody would be called until it has caught up.
    this.#nextAt = Math.min(this.#nextAt, now + this.#toleranceMs + this.#intervalMs);
    return Math.max(0, Math.ceil(this.#nextAt - this.#toleranceMs - now));
  }

  /** @returns 0 when a call may go now (and counts it), else the milliseconds to wait. */
  take(now: number): number {
    const wait = this.wait(now);
    if (wait > 0) return wait;
    this.#nextAt = Math.max(now, this.#nextAt) + this.#intervalMs;
    return 0;
  }

  /** Of a call that {@link take} has counted nothing was made. */
  giveBack(): void {
    this.#nextAt -= this.#intervalMs;
  }
}

import { backoffMs } from "../../backoff.js";

/** A rest after a failure, milliseconds: at first, and at most. */
const REST_MS = 5_000;
const LONGEST_REST_MS = 300_000;
/** A pause after being told to send less. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** No gateway can put us off for longer at one time. */
const LONGEST_TOLD_MS = 600_000;

/** When one gateway may be tried again. Times are epoch milliseconds. */
export class WayRest {
  readonly #random: () => number;
  #failures = 0;
  #throttlings = 0;
  #restsUntil = 0;
  #pausesUntil = 0;
  #why: string | null = null;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** After failures: others are preferred until then. */
  get restsUntil(): number {
    return this.#restsUntil;
  }

  /** Nothing is sent until then: the gateway said so. */
  get pausesUntil(): number {
    return this.#pausesUntil;
  }

  /** The word of the failure that it rests for; null: it does not. */
  get why(): string | null {
    return this.#why;
  }

  /** @returns whether it had failed before. */
  worked(): boolean {
    const recovered = this.#failures > 0;
    this.#failures = 0;
    this.#throttlings = 0;
    this.#restsUntil = 0;
    this.#why = null;
    return recovered;
  }

  /** @returns milliseconds for which it rests. */
  failed(now: number, why: string): number {
    const ms = backoffMs(this.#failures, REST_MS, LONGEST_REST_MS, this.#random);
    this.#failures += 1;
    this.#why = why;
    this.#restsUntil = now + ms;
    return ms;
  }

  /** @param afterMs as the gateway has said; null: as we think best. */
  throttled(now: number, afterMs: number | null): void {
    const ms = afterMs ?? backoffMs(this.#throttlings, PAUSE_MS, LONGEST_PAUSE_MS, this.#random);
    // Of a window that was told all at once it is one throttling.
    if (now >= this.#pausesUntil) this.#throttlings += 1;
    this.#pausesUntil = Math.max(this.#pausesUntil, now + Math.min(ms, LONGEST_TOLD_MS));
  }
}

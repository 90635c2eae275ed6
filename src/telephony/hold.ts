import type { Held } from "../acts/shared-limits.js";

/** Between two tries while others end one call after another, milliseconds: each is a transaction, and none may fit. */
const SPARE_MS = 200;

/**
 * What was heard last of a limit that is counted over all nodes. While it is reached, nobody asks before it may be
 * otherwise, and then one at a time: of a hundred calls that wait not each learns it by a transaction of its own.
 */
export class Hold {
  #last: { readonly why: Held["why"]; readonly at: number; ms: number } | undefined;
  #isAsking = false;

  /** Milliseconds until one may ask; Infinity: one does, and will tell. */
  wait(now: number): number {
    if (this.#last === undefined) return 0;
    const { at, ms } = this.#last;
    // Never longer than was told: the clock may have been set back.
    return this.#isAsking ? Infinity : Math.max(0, Math.min(ms, at + ms - now));
  }

  /** Whether as many as may be are there at one time, as far as is known. */
  get isFull(): boolean {
    return this.#last?.why === "lines";
  }

  /** One is about to ask. */
  ask(): void {
    this.#isAsking = this.#last !== undefined;
  }

  /** @param held null: there was room. */
  heard(held: Held | null, now: number): void {
    this.#isAsking = false;
    this.#last = held === null ? undefined : { why: held.why, at: now, ms: held.retryInMs };
  }

  /** Nothing came of what was about to ask. */
  forget(): void {
    this.#isAsking = false;
  }

  /** Something ended, here or elsewhere: there may be room. @returns whether that changes anything. */
  lift(now: number): boolean {
    if (this.#last?.why !== "lines") return false;
    const ms = Math.max(now - this.#last.at, SPARE_MS);
    if (ms >= this.#last.ms) return false;
    this.#last.ms = ms;
    return true;
  }
}

import { backoffMs } from "../backoff.js";
import { Pacing } from "../pacing.js";

/** What became of a call by a trunk, as far as it is the trunk's doing. */
export type Fate =
  /** The trunk led it to the person, whatever he made of it. */
  | "carried"
  /** The trunk was silent, refused it for want of itself, or could not be reached. */
  | "failed"
  /** Neither: it was withdrawn, or refused for what it was. */
  | "neither";

/** A rest after a failure, milliseconds: at first, and at most. */
const REST_MS = 5_000;
const LONGEST_REST_MS = 300_000;

/** The lines of one trunk: how many are in use, how fast they may be, and whether it rests after failures. */
export class TrunkLine {
  inUse = 0;
  readonly #maxCalls: number;
  readonly #pacing: Pacing;
  #failures = 0;
  #restsUntil = 0;

  constructor({ maxCalls, maxCps }: { readonly maxCalls: number; readonly maxCps: number }) {
    this.#maxCalls = maxCalls;
    this.#pacing = new Pacing(maxCps);
  }

  get restsUntil(): number {
    return this.#restsUntil;
  }

  /** Milliseconds until it can take a call: 0 is now, Infinity not before a call ends. */
  readyIn(now: number): number {
    return this.inUse < this.#maxCalls ? this.#pacing.wait(now) : Infinity;
  }

  /** @returns false when it can take none now. */
  take(now: number, random: () => number): boolean {
    if (this.readyIn(now) > 0) return false;
    this.#pacing.take(now);
    this.inUse += 1;
    // One that failed is tried with one call, and the others go past it until that has told.
    if (this.#failures > 0) this.#rest(now, random);
    return true;
  }

  /** Of a call that was taken nothing was made. */
  giveBack(): void {
    this.inUse -= 1;
    this.#pacing.giveBack();
  }

  /** @returns what is new of it: that it works again, or rests for so many milliseconds. */
  ended(fate: Fate, now: number, random: () => number): "recovered" | { readonly restsMs: number } | null {
    this.inUse -= 1;
    if (fate === "neither") return null;
    if (fate === "failed") {
      this.#failures += 1;
      return { restsMs: this.#rest(now, random) };
    }
    const recovered = this.#failures > 0;
    this.#failures = 0;
    this.#restsUntil = 0;
    return recovered ? "recovered" : null;
  }

  #rest(now: number, random: () => number): number {
    const ms = backoffMs(this.#failures - 1, REST_MS, LONGEST_REST_MS, random);
    this.#restsUntil = now + ms;
    return ms;
  }
}

import type { Held } from "../acts/shared-limits.js";
import { backoffMs } from "../backoff.js";
import { Pacing } from "../pacing.js";
import { turnAfter, turnInterval } from "../turns.js";
import { Hold } from "./hold.js";
import { Unanswered } from "./unanswered.js";

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
/** Calls are begun so far ahead of their turns, milliseconds, so that each is there when its turn comes. */
const AHEAD_MS = 100;

/**
 * The lines of one trunk: how many are in use, how fast they may be, and whether it rests after failures. Where other
 * nodes use it too, also whether they leave room.
 */
export class TrunkLine {
  inUse = 0;
  readonly unanswered = new Unanswered();
  readonly #maxCalls: number;
  readonly #intervalMs: number;
  /** Of calls that are begun. When each may leave is said by its turn. */
  readonly #pacing: Pacing;
  readonly #hold = new Hold();
  #nextTurn = 0;
  #failures = 0;
  #restsUntil = 0;

  constructor({ maxCalls, maxCps }: { readonly maxCalls: number; readonly maxCps: number }) {
    this.#maxCalls = maxCalls;
    this.#intervalMs = turnInterval(maxCps);
    this.#pacing = new Pacing(1000 / this.#intervalMs, AHEAD_MS);
  }

  get restsUntil(): number {
    return this.#restsUntil;
  }

  /** Whether all of its lines are in use, by this node or by all of them. */
  get isFull(): boolean {
    return this.inUse >= this.#maxCalls || this.#hold.isFull;
  }

  /** Milliseconds until it can take a call: 0 is now, Infinity not before a call ends. */
  readyIn(now: number): number {
    if (this.inUse >= this.#maxCalls) return Infinity;
    // After a pause of the database many are begun at once: no more until those have had their turns.
    const turnIn = turnAfter(this.#nextTurn, now, this.#intervalMs).at - now - AHEAD_MS;
    return Math.max(this.#pacing.wait(now), this.#hold.wait(now), Math.ceil(turnIn));
  }

  /** @returns false when it can take none now. */
  take(now: number, random: () => number): boolean {
    if (this.readyIn(now) > 0) return false;
    this.#pacing.take(now);
    this.#hold.ask();
    this.inUse += 1;
    // One that failed is tried with one call, and the others go past it until that has told.
    if (this.#failures > 0) this.#rest(now, random);
    return true;
  }

  /** Of a call that was taken nothing was made. */
  giveBack(): void {
    this.inUse -= 1;
    this.#pacing.giveBack();
    this.#hold.forget();
  }

  /** When a call that was taken may leave, epoch milliseconds. @param leadMs how far ahead that is at least. */
  turn(now: number, leadMs: number): number {
    const { at, next } = turnAfter(this.#nextTurn, now, this.#intervalMs, leadMs);
    this.#nextTurn = next;
    return at;
  }

  /** What the database has said of the calls of all nodes. */
  heard(held: Held | null, now: number): void {
    this.#hold.heard(held, now);
  }

  /** A call by it may have ended, here or elsewhere. */
  lift(now: number): boolean {
    return this.#hold.lift(now);
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

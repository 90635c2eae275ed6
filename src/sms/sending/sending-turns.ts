import type { Clock } from "../../clock.js";
import { Pacing } from "../../pacing.js";

interface Waiting {
  readonly until: number;
  readonly answer: (turn: boolean) => void;
}

export interface TurnLimits {
  readonly perSecond: number;
  /** So many turns may be out at one time. */
  readonly window: number;
  readonly clock: Clock;
}

/** How many wait at most: more would be told only when their messages are of no use any more. */
const MOST_WAITING = 10_000;

/** Turns at a gateway, in the order in which they were asked for, under its rate and its window. */
export class SendingTurns {
  readonly #window: number;
  readonly #pacing: Pacing;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  readonly #onIdle: (() => void)[] = [];
  #out = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ perSecond, window, clock }: TurnLimits) {
    this.#pacing = new Pacing(perSecond);
    this.#window = window;
    this.#clock = clock;
  }

  /** @returns false when there was none until then (epoch milliseconds), or there will be none any more. */
  take(until: number): Promise<boolean> {
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) return Promise.resolve(false);
    return new Promise((answer) => {
      this.#waiting.push({ until, answer });
      this.#advance();
    });
  }

  /** A turn that was taken is over. */
  giveBack(): void {
    this.#out -= 1;
    this.#advance();
    if (this.#out === 0) for (const idle of this.#onIdle.splice(0)) idle();
  }

  /** Nobody gets a turn any more. */
  halt(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { answer } of this.#waiting.splice(0)) answer(false);
  }

  /** The same; resolves when all that were taken are over. */
  async close(): Promise<void> {
    this.halt();
    if (this.#out > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #advance(): void {
    clearTimeout(this.#timer);
    const now = this.#clock();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.until > now) {
        const wait = this.#out < this.#window ? this.#pacing.take(now) : Infinity;
        if (wait > 0) {
          // The first need not be the first whose time is over; it is looked at when it comes to be the first.
          this.#timer = setTimeout(
            () => {
              this.#advance();
            },
            Math.min(wait, next.until - now),
          );
          return;
        }
        this.#out += 1;
      }
      this.#waiting.shift();
      next.answer(next.until > now);
    }
  }
}

import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../clock.js";
import { LATE_MS, type Turns, turnInterval, turnsAfter } from "../../turns.js";

/**
 * What becomes of who waits: its turn has come, and is to be given back; there was none in its time, or there will be
 * none any more; or it was put back, as another gateway may be better now.
 */
export type TurnEnd = "come" | "none" | "put_back";

/**
 * Takes turns at a gateway of all who use it. Never rejects.
 *
 * @param leadMs how far ahead the first is at least.
 */
export type TakeTurns = (most: number, leadMs: number) => Promise<Turns>;

interface Waiting {
  readonly answer: (end: TurnEnd) => void;
}

export interface TurnLimits {
  readonly perSecond: number;
  /** So many turns may be out at one time. */
  readonly window: number;
  readonly clock: Clock;
  /** Undefined: nobody else uses the gateway. */
  readonly takeTurns?: TakeTurns | undefined;
}

/** How many wait at most: more would be told only when their messages are of no use any more. */
const MOST_WAITING = 10_000;
/** Whose turns were missed, because the database was slow to give them, takes the next ones so far ahead at most. */
const LONGEST_LEAD_MS = 1_000;

/**
 * Turns at a gateway, in the order in which they were asked for, under its rate and its window. The window is this
 * service's own, as its link is; the rate is of all who use the gateway.
 */
export class SendingTurns {
  readonly #window: number;
  readonly #clock: Clock;
  readonly #take: TakeTurns;
  readonly #waiting = new Set<Waiting>();
  readonly #onIdle: (() => void)[] = [];
  readonly #ended = new AbortController();
  #out = 0;
  #leadMs = 0;
  #isHanding = false;

  constructor({ perSecond, window, clock, takeTurns }: TurnLimits) {
    this.#window = window;
    this.#clock = clock;
    this.#take = takeTurns ?? ownTurns(perSecond, clock);
  }

  /** @param until epoch milliseconds. */
  take(until: number): Promise<TurnEnd> {
    if (this.#ended.signal.aborted || this.#waiting.size >= MOST_WAITING) return Promise.resolve("none");
    return new Promise((resolve) => {
      const late = setTimeout(
        () => {
          waiting.answer("none");
        },
        Math.max(0, until - this.#clock()),
      );
      const waiting: Waiting = {
        answer: (end) => {
          clearTimeout(late);
          this.#waiting.delete(waiting);
          resolve(end);
        },
      };
      this.#waiting.add(waiting);
      void this.#hand();
    });
  }

  /** A turn that had come is over. @param isLast nobody who waits gets one now: those are put back. */
  giveBack(isLast = false): void {
    if (isLast) this.putBack();
    this.#out -= 1;
    void this.#hand();
    if (this.#out === 0) for (const idle of this.#onIdle.splice(0)) idle();
  }

  /** Those that wait are put back. */
  putBack(): void {
    this.#answerAll("put_back");
  }

  /** Nobody gets a turn any more. */
  halt(): void {
    this.#ended.abort();
    this.#answerAll("none");
  }

  /** The same; resolves when all that had come are over. */
  async close(): Promise<void> {
    this.halt();
    if (this.#out > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #answerAll(end: TurnEnd): void {
    for (const { answer } of [...this.#waiting]) answer(end);
  }

  /** So many turns are of use at this moment. */
  get #wanted(): number {
    return this.#ended.signal.aborted ? 0 : Math.min(this.#waiting.size, this.#window - this.#out);
  }

  /** Hands turns out, as long as they are of use; one at a time does. */
  async #hand(): Promise<void> {
    if (this.#isHanding) return;
    this.#isHanding = true;
    try {
      for (let wanted = this.#wanted; wanted > 0; wanted = this.#wanted) {
        const turns = await this.#take(wanted, this.#leadMs);
        if (turns.kind === "later") await this.#pause(turns.inMs);
        else for (const at of turns.at) await this.#handAt(at);
      }
    } finally {
      this.#isHanding = false;
    }
  }

  /** One that is missed is lost: see `turns.ts`. */
  async #handAt(at: number): Promise<void> {
    // By the clock that nobody sets: the other may be set back by an hour meanwhile.
    const due = performance.now() + (at - this.#clock());
    // A timer may be a moment early.
    while (performance.now() < due && this.#wanted > 0) await this.#pause(due - performance.now());
    const late = performance.now() - due;
    if (late > LATE_MS) {
      this.#leadMs = Math.min(LONGEST_LEAD_MS, 2 * Math.max(this.#leadMs, late));
      return;
    }
    const [next] = this.#waiting;
    if (next === undefined || this.#wanted <= 0) return;
    this.#leadMs = 0;
    this.#out += 1;
    next.answer("come");
  }

  async #pause(ms: number): Promise<void> {
    await delay(Math.ceil(ms), undefined, { signal: this.#ended.signal }).catch(() => undefined);
  }
}

/** Turns of a service that uses a gateway alone. */
function ownTurns(perSecond: number, clock: Clock): TakeTurns {
  const intervalMs = turnInterval(perSecond);
  let next = 0;
  return (most, leadMs) => {
    const turns = turnsAfter(next, clock(), intervalMs, { most, leadMs });
    if (turns.kind === "taken") next = turns.next;
    return Promise.resolve(turns);
  };
}

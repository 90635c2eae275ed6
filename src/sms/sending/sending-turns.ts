import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../clock.js";
import { LATE_MS, type Turns, turnInterval, turnsAfter } from "../../turns.js";

/**
 * What becomes of who waits: its turn has come, and is to be given back; there was none in its time, or there will be
 * none any more; it was put back, as another gateway may be better now; or it is not wanted any more.
 */
export type TurnEnd = "come" | "no_turn" | "put_back" | "unwanted";

/**
 * Takes turns at a gateway of all who use it. Never rejects.
 *
 * @param leadMs how far ahead the first is at least.
 */
export type TakeTurns = (most: number, leadMs: number) => Promise<Turns>;

/** What is to be done before a turn is of use; false: it is not wanted any more. Where it rejects, who waits is put back. */
type Prepare = () => Promise<boolean>;

interface Waiting {
  /** Once. */
  readonly prepared: () => Promise<TurnEnd>;
  /** The first answer holds. */
  readonly answer: (end: TurnEnd) => void;
  isAnswered: boolean;
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
/** Where turns are missed, because the database is slow, the next ones are taken further ahead, so far at most. */
const LONGEST_LEAD_MS = 1_000;
/** What is left of that lead after each turn that was not missed. */
const LEAD_LEFT = 0.95;

/**
 * Turns at a gateway, in the order in which they were asked for, under its rate and its window. The window is this
 * service's own, as its link is; the rate is of all who use the gateway.
 */
export class SendingTurns {
  readonly #window: number;
  readonly #clock: Clock;
  readonly #take: TakeTurns;
  #waiting: Waiting[] = [];
  /** Those that have a turn, which has not come yet. */
  readonly #departing = new Set<Waiting>();
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
  take(until: number, prepare: Prepare): Promise<TurnEnd> {
    if (this.#ended.signal.aborted || this.#waiting.length >= MOST_WAITING) return Promise.resolve("no_turn");
    return new Promise((resolve) => {
      const late = setTimeout(
        () => {
          this.#waiting = this.#waiting.filter((one) => one !== waiting);
          waiting.answer("no_turn");
        },
        Math.max(0, until - this.#clock()),
      );
      const waiting: Waiting = {
        prepared: onceOf(prepare),
        isAnswered: false,
        answer: (end) => {
          clearTimeout(late);
          waiting.isAnswered = true;
          resolve(end);
        },
      };
      this.#waiting.push(waiting);
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
    this.#answerAll("no_turn");
  }

  /** The same; resolves when all that had come are over. */
  async close(): Promise<void> {
    this.halt();
    if (this.#out > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #answerAll(end: TurnEnd): void {
    for (const { answer } of [...this.#departing, ...this.#waiting.splice(0)]) answer(end);
  }

  /** So many turns are of use at this moment. */
  get #wanted(): number {
    return this.#ended.signal.aborted ? 0 : Math.min(this.#waiting.length, this.#window - this.#out);
  }

  /** Hands turns out, as long as they are of use; one at a time does. */
  async #hand(): Promise<void> {
    if (this.#isHanding) return;
    this.#isHanding = true;
    try {
      for (let wanted = this.#wanted; wanted > 0; wanted = this.#wanted) {
        const turns = await this.#take(wanted, this.#leadMs);
        if (turns.kind === "later") {
          await this.#until(performance.now() + turns.inMs);
          continue;
        }
        for (const at of turns.at) {
          const next = this.#wanted > 0 ? this.#waiting.shift() : undefined;
          if (next !== undefined) void this.#depart(next, at);
        }
      }
    } finally {
      this.#isHanding = false;
    }
  }

  /** Waits for a turn. One that is missed is lost, and another taken: see `turns.ts`. */
  async #depart(waiting: Waiting, at: number): Promise<void> {
    // By the clock that nobody sets: the other may be set back by an hour meanwhile.
    const due = performance.now() + (at - this.#clock());
    this.#out += 1;
    this.#departing.add(waiting);
    const prepared = await waiting.prepared();
    await this.#until(due);
    this.#departing.delete(waiting);
    const late = performance.now() - due;
    const isMissed = late > LATE_MS;
    this.#leadMs = isMissed
      ? Math.min(LONGEST_LEAD_MS, 2 * Math.max(this.#leadMs, late))
      : this.#leadMs * LEAD_LEFT;
    if (!waiting.isAnswered && prepared === "come" && !isMissed) {
      waiting.answer(prepared);
      return;
    }
    if (!waiting.isAnswered && prepared === "come") this.#waiting.unshift(waiting);
    else if (!waiting.isAnswered) waiting.answer(prepared);
    this.giveBack();
  }

  /** @param due of `performance.now()`; at once where it is over. */
  async #until(due: number): Promise<void> {
    const { signal } = this.#ended;
    // A timer may be a moment early.
    for (let ms = due - performance.now(); ms > 0 && !signal.aborted; ms = due - performance.now()) {
      await delay(Math.ceil(ms), undefined, { signal }).catch(() => undefined);
    }
  }
}

function onceOf(prepare: Prepare): () => Promise<TurnEnd> {
  let prepared: Promise<TurnEnd> | undefined;
  return () =>
    (prepared ??= prepare().then(
      (isWanted) => (isWanted ? "come" : "unwanted"),
      () => "put_back",
    ));
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

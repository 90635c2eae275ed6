import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../clock.js";
import { LATE_MS } from "../turns.js";
import type { Unanswered } from "./unanswered.js";

/** Takes a turn by a trunk. @param leadMs how far ahead it is at least. @returns when it is, epoch milliseconds. */
export type TakeTurn = (leadMs: number) => Promise<number>;

/** A service that cannot be in time for so long has more to do than it can, milliseconds. */
const PATIENCE_MS = 10_000;
const LONGEST_LEAD_MS = 1_000;

class TurnsMissedError extends Error {
  constructor() {
    super("it missed one turn after another");
    this.name = "TurnsMissedError";
  }
}

/**
 * Waits for a call's turn by its trunk. Whoever is late (the loop was held up, or the commit) gives it up and takes
 * another, further ahead: see `turns.ts`.
 *
 * @param turn the one that it has; null: it takes one.
 * @param unanswered of those before it by the trunk.
 * @returns whether it may leave, and is to leave at once; false: it was abandoned.
 * @throws {TurnsMissedError}
 * @throws what `take` does.
 */
export async function departure(
  turn: number | null,
  take: TakeTurn,
  clock: Clock,
  unanswered: Pick<Unanswered, "overdue">,
  abandoned: AbortSignal,
): Promise<boolean> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  let leadMs = LATE_MS;
  let at = turn ?? (await take(0));
  for (;;) {
    // By the clock that nobody sets: the other may be set back by an hour meanwhile.
    const due = performance.now() + (at - clock());
    await until(due, abandoned);
    for (let { overdue } = unanswered; overdue !== null; { overdue } = unanswered) await overdue;
    if (abandoned.aborted) return false;
    const late = performance.now() - due;
    if (late <= LATE_MS) return true;
    if (performance.now() > giveUpAt) throw new TurnsMissedError();
    leadMs = Math.min(LONGEST_LEAD_MS, 2 * Math.max(leadMs, late));
    at = await take(leadMs);
  }
}

/** @param due of `performance.now()`. */
async function until(due: number, abandoned: AbortSignal): Promise<void> {
  // A timer may be a moment early.
  for (let ms = due - performance.now(); ms > 0 && !abandoned.aborted; ms = due - performance.now()) {
    await delay(Math.ceil(ms), undefined, { signal: abandoned }).catch(() => undefined);
  }
}

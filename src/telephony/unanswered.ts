import { WAY_MS } from "../turns.js";

/** What is usual becomes so much more with each answer that took longer, milliseconds. */
const SLACKENS_MS = 5;

/**
 * What Asterisk was asked to dial by one trunk and has not answered: until then the INVITE has not left. Requests on one
 * socket are carried out in order, so one that is stuck keeps those behind it, and all would leave at once.
 */
export class Unanswered {
  /** When it was asked for, of `performance.now()`. */
  readonly #asked = new Map<Promise<void>, number>();
  /** How long an answer takes when nothing is in its way: an Asterisk that is far away is late for that only. */
  #usualMs = 0;

  /** @param onLate the INVITE left when it was not its turn any more. */
  follow(request: Promise<unknown>, onLate: () => void): void {
    const asked = performance.now();
    const answered = request
      .catch(() => undefined)
      .then(() => {
        const ms = performance.now() - asked;
        const isLate = ms > this.#usualMs + WAY_MS;
        this.#usualMs = Math.min(ms, this.#usualMs + SLACKENS_MS);
        this.#asked.delete(answered);
        if (isLate) onLate();
      });
    this.#asked.set(answered, asked);
  }

  /** An answer that should be there; it comes, or its request ends, and another may be overdue then. */
  get overdue(): Promise<void> | null {
    const [oldest] = this.#asked;
    if (oldest === undefined) return null;
    const [answered, asked] = oldest;
    return performance.now() - asked > this.#usualMs + WAY_MS ? answered : null;
  }
}

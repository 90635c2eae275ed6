import { StoreUnavailableError } from "./store-unavailable.js";

/** How long an answer is good at least, milliseconds: many open pages ask for the same within it. */
const KEPT_MS = 10_000;
/** And so many times as long as it took: whoever asks for the dearest again and again keeps nobody busy all the time. */
const KEPT_TIMES = 3;
/** Different questions that may wait for their turn; whoever asks one more is told to come again. */
const MOST_WAITING = 8;

/** Asks one question at a time, each once however many want to know, and keeps the answers for some seconds. */
export class KeptAnswers<Answer> {
  readonly #answers = new Map<string, { readonly answer: Promise<Answer>; goodUntil: number }>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @throws {StoreUnavailableError} when too many others wait; whatever `ask` rejects with, which is not kept. */
  get(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const now = performance.now();
    for (const [other, { goodUntil }] of this.#answers) if (goodUntil <= now) this.#answers.delete(other);
    const kept = this.#answers.get(key);
    if (kept !== undefined) return kept.answer;
    if (this.#waiting >= MOST_WAITING) {
      return Promise.reject(new StoreUnavailableError("too many different statistics are asked for at once"));
    }
    this.#waiting += 1;
    let begun = now;
    const answer = this.#last
      .then(() => {
        begun = performance.now();
        return ask();
      })
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = answer.catch(() => undefined);
    // Good while it is on its way, and for a while from when it is there.
    const entry = { answer, goodUntil: Infinity };
    this.#answers.set(key, entry);
    answer.then(
      () => {
        const ended = performance.now();
        entry.goodUntil = ended + Math.max(KEPT_MS, KEPT_TIMES * (ended - begun));
      },
      () => {
        if (this.#answers.get(key) === entry) this.#answers.delete(key);
      },
    );
    return answer;
  }
}

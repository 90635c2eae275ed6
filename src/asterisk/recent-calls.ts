/** How many calls are remembered, strangers' too: what was heard of one is asked for while it lasts. */
const CALLS = 4_000;

/** What was heard of calls, by their Call-ID: of those that something was heard of last. */
export class RecentCalls<Known> {
  readonly #calls = new Map<string, Known>();

  get(callId: string): Known | undefined {
    return this.#calls.get(callId);
  }

  note(callId: string, known: Known): void {
    this.#calls.delete(callId);
    this.#calls.set(callId, known);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > CALLS && oldest !== undefined) this.#calls.delete(oldest);
  }
}

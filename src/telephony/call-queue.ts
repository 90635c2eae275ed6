export interface Waiting {
  readonly seq: number;
  readonly clientId: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/**
 * Calls that wait for a line, first come first served; a client with as many calls in progress as it may
 * have is passed over, so that it holds up nobody else.
 */
export class CallQueue {
  /** In order of `since`. */
  readonly #waiting: Waiting[] = [];
  readonly #inProgress = new Map<string, number>();
  readonly #limits = new Map<string, number>();

  get size(): number {
    return this.#waiting.length;
  }

  get oldest(): Waiting | undefined {
    return this.#waiting[0];
  }

  push(call: Waiting): void {
    this.#waiting.push(call);
  }

  /** @param maxCalls at one time; null: as many as the trunk takes. */
  limit(clientId: string, maxCalls: number | null): void {
    if (maxCalls === null) this.#limits.delete(clientId);
    else this.#limits.set(clientId, maxCalls);
  }

  /** Whether any waiting call may go. */
  get ready(): boolean {
    return this.#next() >= 0;
  }

  /** The call whose turn it is, from now on in progress until {@link ended}. */
  begin(): Waiting | undefined {
    const at = this.#next();
    const [call] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (call !== undefined) this.#count(call.clientId, 1);
    return call;
  }

  ended(clientId: string): void {
    this.#count(clientId, -1);
  }

  /** Those that have waited since before then; they wait no more. */
  takeLate(before: number): Waiting[] {
    const inTime = this.#waiting.findIndex(({ since }) => since >= before);
    return this.#waiting.splice(0, inTime < 0 ? this.#waiting.length : inTime);
  }

  #next(): number {
    return this.#waiting.findIndex(
      ({ clientId }) => (this.#inProgress.get(clientId) ?? 0) < (this.#limits.get(clientId) ?? Infinity),
    );
  }

  #count(clientId: string, more: 1 | -1): void {
    const calls = (this.#inProgress.get(clientId) ?? 0) + more;
    if (calls === 0) this.#inProgress.delete(clientId);
    else this.#inProgress.set(clientId, calls);
  }
}

import { AriLinkDownError, AriRequestError, AriTimeoutError } from "./errors.js";
import type { RestResponse } from "./messages.js";

interface Pending {
  readonly method: string;
  readonly operation: string;
  readonly resolve: (body: string | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Requests that wait for their answer. Each ends in exactly one of three ways: answer, deadline,
 * closed link.
 */
export class PendingRequests {
  readonly #pending = new Map<string, Pending>();
  readonly #deadlineMs: number;
  #lastId = 0;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  get size(): number {
    return this.#pending.size;
  }

  has(requestId: string): boolean {
    return this.#pending.has(requestId);
  }

  /**
   * @param operation names the request in errors, without ids or numbers.
   * @param send gives the request on under this id; when it throws, so does the promise.
   */
  add(method: string, operation: string, send: (requestId: string) => void): Promise<string | undefined> {
    const id = String(++this.#lastId);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new AriTimeoutError(method, operation, this.#deadlineMs));
      }, this.#deadlineMs);
      this.#pending.set(id, { method, operation, resolve, reject, timer });
      try {
        send(id);
      } catch (error) {
        this.#take(id);
        reject(error instanceof Error ? error : new AriLinkDownError());
      }
    });
  }

  /** @returns false when nobody waits for this answer: it came after its deadline. */
  settle(response: RestResponse): boolean {
    const pending = this.#take(response.request_id);
    if (pending === undefined) return false;
    if (response.status_code < 400) pending.resolve(response.message_body);
    else {
      const { method, operation } = pending;
      pending.reject(new AriRequestError(method, operation, response.status_code, response.reason_phrase));
    }
    return true;
  }

  rejectAll(why: string): void {
    for (const id of [...this.#pending.keys()]) {
      const pending = this.#take(id);
      pending?.reject(new AriLinkDownError(`ARI ${pending.method} ${pending.operation}: ${why}`));
    }
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending !== undefined) {
      clearTimeout(pending.timer);
      this.#pending.delete(id);
    }
    return pending;
  }
}

import { AriLinkDownError, AriRequestError, AriTimeoutError } from "./errors.js";
import type { RestResponse } from "./messages.js";

/** `refused` is a 4xx (a channel that is gone, most often), `failed` a 5xx, `broken` a link that went down meanwhile. */
export type RequestEnd = "answered" | "refused" | "failed" | "late" | "broken";

/** @param operation the path without ids. */
export type OnRequestEnd = (operation: string, end: RequestEnd, ms: number) => void;

interface Pending {
  readonly method: string;
  readonly operation: string;
  /** By `performance.now()`. */
  readonly since: number;
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
  readonly #onEnd: OnRequestEnd;
  #lastId = 0;

  constructor(deadlineMs: number, onEnd: OnRequestEnd = () => undefined) {
    this.#deadlineMs = deadlineMs;
    this.#onEnd = onEnd;
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
        this.#take(id, "late");
        reject(new AriTimeoutError(method, operation, this.#deadlineMs));
      }, this.#deadlineMs);
      this.#pending.set(id, { method, operation, since: performance.now(), resolve, reject, timer });
      try {
        send(id);
      } catch (error) {
        this.#take(id, "broken");
        reject(error instanceof Error ? error : new AriLinkDownError());
      }
    });
  }

  /** @returns false when nobody waits for this answer: it came after its deadline. */
  settle(response: RestResponse): boolean {
    const { status_code: status } = response;
    const end = status < 400 ? "answered" : status < 500 ? "refused" : "failed";
    const pending = this.#take(response.request_id, end);
    if (pending === undefined) return false;
    if (end === "answered") pending.resolve(response.message_body);
    else {
      const { method, operation } = pending;
      pending.reject(new AriRequestError(method, operation, status, response.reason_phrase));
    }
    return true;
  }

  rejectAll(why: string): void {
    for (const id of [...this.#pending.keys()]) {
      const pending = this.#take(id, "broken");
      pending?.reject(new AriLinkDownError(`ARI ${pending.method} ${pending.operation}: ${why}`));
    }
  }

  #take(id: string, end: RequestEnd): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending !== undefined) {
      clearTimeout(pending.timer);
      this.#pending.delete(id);
      this.#onEnd(pending.operation, end, performance.now() - pending.since);
    }
    return pending;
  }
}

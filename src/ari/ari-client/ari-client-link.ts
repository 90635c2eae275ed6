import { askVersion } from "../asterisk-version.js";
import { ARI_DEFAULTS, type AriOptions } from "../connection.js";
import { AriLinkDownError } from "../errors.js";
import { EVENT_TYPES, parseMessage } from "../messages.js";
import { ReconnectingLink } from "../reconnecting-link.js";
import type { AsteriskAbilities, FromWorker } from "./ari-client-messages.js";
import { AriClientThread } from "./ari-client-thread.js";
import { RequestOrder } from "./request-order.js";
import { withSipAnswer } from "./sip-answer.js";

export interface AriClientOptions extends AriOptions {
  /** Longest wait for a new worker to have the link up, milliseconds. 0.5 s is usual. */
  readonly startMs?: number;
}

const START_MS = 15_000;
const NO_ABILITIES: AsteriskAbilities = { hangsUpByCode: false, tellsTechCause: false };

interface Request {
  readonly method: "GET" | "POST" | "DELETE";
  /** Names the request in errors: the path without ids. */
  readonly path: string;
  /** In Asterisk's own description: resource, and nickname of the operation. */
  readonly operation: readonly [resource: string, nickname: string];
  readonly args: Readonly<Record<string, string>>;
  /** Requests that share one of these keep their order. */
  readonly lanes: readonly string[];
}

/**
 * The link of {@link AriClientConnection}. The package loses answers and falls over, so it lives in a worker thread
 * under a heartbeat: a thread that dies, hangs or loses its socket is ended and another is started. Deadlines,
 * errors and back-off are those of the other connector. Why: docs/decisions/0016.
 */
export abstract class AriClientLink extends ReconnectingLink {
  protected readonly order = new RequestOrder();
  protected abilities = NO_ABILITIES;
  readonly #startMs: number;
  readonly #closing = new AbortController();
  #thread: AriClientThread | undefined;
  #startTimer: NodeJS.Timeout | undefined;

  constructor({ startMs = START_MS, ...options }: AriClientOptions) {
    super({ ...ARI_DEFAULTS, ...options });
    this.#startMs = startMs;
    this.connect();
  }

  async close(): Promise<void> {
    await this.leave();
    this.closed();
    this.#closing.abort();
    await this.#thread?.end("closed");
  }

  protected request({ method, path, operation, args, lanes }: Request): Promise<string | undefined> {
    const thread = this.#thread;
    if (thread === undefined || !this.mayAsk(method, path)) return Promise.reject(new AriLinkDownError());
    const before = this.order.before(lanes);
    const answer = this.pending.add(method, path, (id) => {
      const [resource, nickname] = operation;
      const send = (): void => {
        // While it waited for its turn its own deadline may have passed, or the link have gone.
        if (this.pending.has(id)) thread.tell({ kind: "request", id, resource, operation: nickname, args });
      };
      if (before === undefined) send();
      else void before.then(send);
    });
    this.order.enter(lanes, answer);
    return answer;
  }

  protected connect(): void {
    void this.#knock();
  }

  protected disconnect(why: string): boolean {
    void this.#thread?.end(why);
    return this.#thread !== undefined;
  }

  /**
   * Knocks first: whether Asterisk is there and takes the password is asked without a worker, so that an
   * Asterisk that is away for hours costs no thread every few seconds.
   */
  async #knock(): Promise<void> {
    try {
      await askVersion(this.options, this.options.requestMs, this.#closing.signal);
      if (!this.link.closed) this.#startThread();
    } catch (error) {
      this.#onEnd(error instanceof Error ? error.message : String(error));
    }
  }

  #startThread(): void {
    const { url, username, password, application, onTrouble } = this.options;
    const thread = new AriClientThread(
      { url, username, password, application, wanted: EVENT_TYPES },
      (message) => {
        this.#onMessage(thread, message);
      },
      (why) => {
        // Asterisk is there and takes the password: somebody has to see to this.
        if (!this.link.up && !this.link.closed) onTrouble(`ari-client did not come up: ${why}`);
        this.#onEnd(why);
      },
    );
    this.#thread = thread;
    this.#startTimer = setTimeout(() => {
      void thread.end(`not up within ${this.#startMs} ms`);
    }, this.#startMs);
  }

  #onMessage(thread: AriClientThread, message: FromWorker): void {
    switch (message.kind) {
      case "up":
        this.#onWorkerUp(thread, message);
        return;
      case "message":
        this.#onText(message.text);
        return;
      case "answer":
        if (!this.pending.settle(message.response)) this.link.counters.lateAnswers += 1;
        return;
      case "pong":
        this.pong();
        return;
      case "broken":
        void thread.end(message.why);
    }
  }

  #onWorkerUp(thread: AriClientThread, { abilities, unfiltered }: FromWorker & { kind: "up" }): void {
    clearTimeout(this.#startTimer);
    const { onTrouble } = this.options;
    if (unfiltered !== null) onTrouble(`all events will come, not only those wanted: ${unfiltered}`);
    this.abilities = abilities;
    this.connected(
      () => {
        thread.tell({ kind: "ping" });
      },
      () => {
        onTrouble("Asterisk, or the worker of ari-client, does not answer pings; the link is dropped");
        void thread.end("no answer to a ping");
      },
    );
    void this.isUp();
  }

  #onText(text: string): void {
    const message = parseMessage(text);
    switch (message.kind) {
      case "event":
        this.receive(withSipAnswer(message.event));
        return;
      case "response":
      case "unknown":
        this.link.counters.unknownMessages += 1;
    }
  }

  /** The thread is gone, or there was no use in starting one. */
  #onEnd(why: string): void {
    clearTimeout(this.#startTimer);
    this.#thread = undefined;
    this.broken(why);
  }
}

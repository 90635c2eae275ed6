import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { errorText, type Logger } from "../log.js";
import { eventText, listEventsAfter } from "../store/events.js";
import type { AppendedEvent } from "../store/hints.js";
import type { Store } from "../store/store.js";

/** So much may wait in memory for a slow reader; the rest waits in the table, where nothing is lost. */
const HIGH_WATER = 1024 * 1024;
const BATCH = 100;

export interface StreamParts {
  readonly store: Store;
  readonly log: Logger;
  /** 20 s: below the idle limits of common proxies (60 s). */
  readonly pingEveryMs: number;
  /** How long the answer to a ping may take. */
  readonly pongWithinMs: number;
}

/** One client's WebSocket: its events from a place in the outbox on, in order, none left out. */
export class EventStream {
  readonly #socket: WebSocket;
  /** What the WebSocket runs over. */
  readonly #line: Duplex;
  readonly #client: string;
  readonly #parts: StreamParts;
  /**
   * Asked before whatever is sent, events and pings: a key that was revoked hears no more from the moment that this is
   * committed, whoever wrote it. A row by its key costs some 10 µs, once for all events of a commit.
   */
  readonly #mayListen: () => Promise<boolean>;
  /** Of the outbox, everybody's: up to here all that is this client's was sent. */
  #position: number;
  /** The last that was hinted at. */
  #hinted = 0;
  #pumping = false;
  #again = false;
  #ping: NodeJS.Timeout | undefined;
  #pongDeadline: NodeJS.Timeout | undefined;
  readonly #onEvents = (events: readonly AppendedEvent[]): void => {
    this.#hinted = events.at(-1)?.seq ?? this.#hinted;
    void this.#pump(this.#follows(events) ? events : []);
  };

  constructor(
    socket: WebSocket,
    line: Duplex,
    client: string,
    position: number,
    mayListen: () => Promise<boolean>,
    parts: StreamParts,
  ) {
    this.#socket = socket;
    this.#line = line;
    this.#client = client;
    this.#position = position;
    this.#mayListen = mayListen;
    this.#parts = parts;
  }

  start(): void {
    const { store, log } = this.#parts;
    this.#socket.on("pong", () => {
      clearTimeout(this.#pongDeadline);
      this.#pongDeadline = undefined;
    });
    this.#socket.on("error", (error) => {
      log.debug("event stream broke", { client: this.#client, error: errorText(error) });
    });
    this.#socket.on("close", () => {
      clearInterval(this.#ping);
      clearTimeout(this.#pongDeadline);
      store.hints.off("event", this.#onEvents);
    });
    store.hints.on("event", this.#onEvents);
    // By the clock alone: nothing that the other side sends may put off the question whether it may still listen.
    this.#ping = setInterval(() => void this.#pingNow(), this.#parts.pingEveryMs);
    void this.#pump();
  }

  get #open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Whether nothing lies between that has to come first, and the reader is not slow. */
  #follows(events: readonly AppendedEvent[]): boolean {
    const next = events[0]?.seq === this.#position + 1;
    return next && !this.#pumping && this.#open && this.#socket.bufferedAmount <= HIGH_WATER;
  }

  /** Sends what was committed just now, unread: reading and unsealing it again cost a tenth of a call. */
  async #sendNow(events: readonly AppendedEvent[]): Promise<void> {
    const mine = events.filter(({ clientId }) => clientId === this.#client);
    if (mine.length > 0 && !(await this.#goesOn())) return;
    this.#line.cork();
    for (const { text } of mine) this.#socket.send(text);
    this.#line.uncork();
    this.#position = events.at(-1)?.seq ?? this.#position;
  }

  /**
   * One pump at a time; what is hinted meanwhile is looked for before it ends.
   *
   * @param fresh what was committed just now, where it is what comes next.
   */
  async #pump(fresh: readonly AppendedEvent[] = []): Promise<void> {
    this.#again ||= fresh.length === 0;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      await this.#sendNow(fresh);
      while (this.#again && this.#open) {
        this.#again = false;
        await this.#sendAll();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pumping = false;
    }
  }

  /** The client comes back, here or at another node, and resumes; to stay silent would look as if nothing happened. */
  #fail(error: unknown): void {
    this.#parts.log.error("event stream failed", { client: this.#client, error: errorText(error) });
    this.#socket.close(1011);
  }

  async #sendAll(): Promise<void> {
    const { store } = this.#parts;
    for (;;) {
      const hinted = this.#hinted;
      const events = await listEventsAfter(store.read, store.vault, this.#client, this.#position, BATCH);
      if (events.length > 0 && !(await this.#goesOn())) return;
      // Events of one commit go out in one write.
      this.#line.cork();
      let sent = Promise.resolve();
      for (const event of events) {
        if (!this.#open) break;
        sent = this.#send(eventText(event, JSON.stringify(event.data)));
        this.#position = event.seq;
      }
      this.#line.uncork();
      if (!this.#open) return;
      if (this.#socket.bufferedAmount > HIGH_WATER) await sent;
      if (events.length < BATCH) {
        // The others up to the hint are other clients'.
        this.#position = Math.max(this.#position, hinted);
        return;
      }
    }
  }

  /** Resolves when the operating system has taken it, or the socket has gone. */
  #send(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.send(text, () => {
        resolve();
      });
    });
  }

  async #pingNow(): Promise<void> {
    try {
      if (!(await this.#goesOn())) return;
    } catch (error) {
      this.#fail(error);
      return;
    }
    // Half-open links give no error: without an answer the socket is taken for dead.
    this.#pongDeadline ??= setTimeout(() => {
      this.#socket.terminate();
    }, this.#parts.pongWithinMs);
    this.#socket.ping();
  }

  /**
   * Whether there is still somebody who may hear it; who may not is told so, and hears nothing else.
   *
   * @throws whatever kept that from being found out.
   */
  async #goesOn(): Promise<boolean> {
    const allowed = await this.#mayListen();
    if (!this.#open) return false;
    if (allowed) return true;
    // What waits for a slow reader is not for him any more either.
    if (this.#socket.bufferedAmount > 0) this.#socket.terminate();
    else this.#socket.close(1008, "the API key is no longer valid");
    return false;
  }
}

import { WebSocket } from "ws";
import { backoffMs } from "./backoff.js";
import type { AriConnection, EventListener, OriginateRequest } from "./connection.js";
import { AriLinkDownError, AriRequestError, AriTimeoutError } from "./errors.js";
import { Listeners } from "./listeners.js";
import { type AriChannel, type AriEvent, channelIdOf, parseMessage, WANTED_TYPES } from "./messages.js";
import { PendingRequests } from "./pending-requests.js";

export interface AriOptions {
  /** `http://127.0.0.1:8088`, with the prefix of Asterisk's `http.conf` if it has one. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Name of the Stasis application. A second connection of that name takes it over. */
  readonly application: string;
  /** Deadline of every request, milliseconds. */
  readonly requestMs?: number;
  /** A link that is silent so long after a ping is dead, milliseconds. */
  readonly pongMs?: number;
  readonly pingEveryMs?: number;
  readonly reconnectBaseMs?: number;
  readonly reconnectCapMs?: number;
  /** Told of what must not be lost but does not stop us. */
  readonly onTrouble?: (what: string, error?: unknown) => void;
}

/** Counters of the link, for metrics. */
export interface AriLinkCounters {
  connects: number;
  unknownMessages: number;
  lateAnswers: number;
  listenerErrors: number;
}

const DEFAULTS = {
  requestMs: 5_000,
  pongMs: 5_000,
  pingEveryMs: 10_000,
  reconnectBaseMs: 100,
  reconnectCapMs: 5_000,
};

const CLOSED = "the connection to Asterisk was closed";

type Query = Readonly<Record<string, string>>;

/**
 * ARI over one WebSocket: events, and REST requests since Asterisk 20.14, 21.9 and 22.4. It
 * reconnects without end; while it is down every request fails at once instead of hanging.
 */
export class WebSocketAriConnection implements AriConnection {
  readonly counters: AriLinkCounters = { connects: 0, unknownMessages: 0, lateAnswers: 0, listenerErrors: 0 };
  readonly #options: Required<AriOptions>;
  readonly #pending: PendingRequests;
  readonly #channels = new Map<string, Listeners<[AriEvent]>>();
  readonly #strays: Listeners<[AriEvent]>;
  readonly #ups: Listeners<[]>;
  readonly #downs: Listeners<[string]>;
  readonly #closings: Listeners<[]>;
  #socket: WebSocket | undefined;
  #up = false;
  #closed = false;
  #failures = 0;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #pingTimer: NodeJS.Timeout | undefined;
  #pongTimer: NodeJS.Timeout | undefined;

  constructor(options: AriOptions) {
    this.#options = { ...DEFAULTS, onTrouble: () => undefined, ...options };
    this.#pending = new PendingRequests(this.#options.requestMs);
    this.#strays = this.#listeners();
    this.#ups = this.#listeners();
    this.#downs = this.#listeners();
    this.#closings = this.#listeners();
    this.#connect();
  }

  get up(): boolean {
    return this.#up;
  }

  ready(ms: number): Promise<void> {
    if (this.#closed) return Promise.reject(new AriLinkDownError(CLOSED));
    if (this.#up) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        offUp();
        offClosing();
        settle();
      };
      const timer = setTimeout(() => {
        end(() => {
          reject(new AriTimeoutError("CONNECT", "events", ms));
        });
      }, ms);
      const offUp = this.#ups.add(() => {
        end(resolve);
      });
      const offClosing = this.#closings.add(() => {
        end(() => {
          reject(new AriLinkDownError(CLOSED));
        });
      });
    });
  }

  async originate(request: OriginateRequest): Promise<void> {
    await this.#request(
      "POST",
      "channels",
      `channels/${request.channelId}`,
      {
        endpoint: request.endpoint,
        app: this.#options.application,
        timeout: String(request.timeoutSeconds),
        ...(request.callerId === null ? {} : { callerId: request.callerId }),
      },
      request.variables === undefined ? undefined : { variables: request.variables },
    );
  }

  async answer(channelId: string): Promise<void> {
    await this.#request("POST", "channels/answer", `channels/${channelId}/answer`, {});
  }

  async play(channelId: string, playbackId: string, files: readonly string[]): Promise<void> {
    await this.#request("POST", "channels/play", `channels/${channelId}/play/${playbackId}`, {
      media: files.map((file) => `sound:${file}`).join(","),
    });
  }

  async stopPlayback(playbackId: string): Promise<void> {
    await this.#orGone(this.#request("DELETE", "playbacks", `playbacks/${playbackId}`, {}));
  }

  async hangUp(channelId: string, q850Cause: number): Promise<void> {
    await this.#orGone(
      this.#request("DELETE", "channels", `channels/${channelId}`, { reason_code: String(q850Cause) }),
    );
  }

  async listChannels(): Promise<readonly AriChannel[]> {
    const body = await this.#request("GET", "channels", "channels", {});
    return JSON.parse(body ?? "[]") as AriChannel[];
  }

  onChannel(channelId: string, listener: EventListener): () => void {
    let listeners = this.#channels.get(channelId);
    if (listeners === undefined) {
      listeners = this.#listeners<[AriEvent]>();
      this.#channels.set(channelId, listeners);
    }
    const ofChannel = listeners;
    const remove = ofChannel.add(listener);
    return () => {
      remove();
      if (ofChannel.size === 0) this.#channels.delete(channelId);
    };
  }

  onStray(listener: EventListener): () => void {
    return this.#strays.add(listener);
  }

  onUp(listener: () => void): () => void {
    return this.#ups.add(listener);
  }

  onDown(listener: (why: string) => void): () => void {
    return this.#downs.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#reconnectTimer);
    this.#closings.emit();
    const socket = this.#socket;
    if (socket === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        socket.terminate();
      }, 1_000);
      socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.close(1000);
    });
  }

  /** @param operation names the request in errors: the path without ids. */
  #request(
    method: string,
    operation: string,
    uri: string,
    query: Query,
    body?: unknown,
  ): Promise<string | undefined> {
    const socket = this.#socket;
    if (!this.#up && operation !== "applications/eventFilter") return Promise.reject(new AriLinkDownError());
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new AriLinkDownError());
    return this.#pending.add(method, operation, (requestId) => {
      socket.send(
        JSON.stringify({
          type: "RESTRequest",
          transaction_id: requestId,
          request_id: requestId,
          method,
          uri,
          query_strings: Object.entries(query).map(([name, value]) => ({ name, value })),
          ...(body === undefined
            ? {}
            : { content_type: "application/json", message_body: JSON.stringify(body) }),
        }),
      );
    });
  }

  /** Stopping what has stopped already is no error. */
  async #orGone(request: Promise<unknown>): Promise<void> {
    try {
      await request;
    } catch (error) {
      if (!(error instanceof AriRequestError && error.status === 404)) throw error;
    }
  }

  #connect(): void {
    const { url, username, password, application } = this.#options;
    const address = new URL(`${url.replace(/\/$/, "")}/ari/events`);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("app", application);
    const socket = new WebSocket(address, {
      // By header, never in the URL: URLs end up in logs.
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
      perMessageDeflate: false,
      handshakeTimeout: this.#options.requestMs,
    });
    this.#socket = socket;
    let why = "closed";
    socket.on("open", () => {
      this.#onOpen(socket);
    });
    socket.on("message", (data) => {
      this.#onMessage((data as Buffer).toString("utf8"));
    });
    socket.on("pong", () => {
      this.#stopWaitingForPong();
    });
    socket.on("error", (error) => {
      why = error.message;
    });
    socket.on("close", (code) => {
      this.#onClose(`${why} (${code})`);
    });
  }

  #onOpen(socket: WebSocket): void {
    this.counters.connects += 1;
    this.#failures = 0;
    this.#pingTimer = setInterval(() => {
      this.#ping(socket);
    }, this.#options.pingEveryMs);
    // Nobody needs the other fifty event types: stopped at the source they cost no JSON at all.
    const filter = { allowed: WANTED_TYPES.map((type) => ({ type })) };
    const { application } = this.#options;
    this.#request("PUT", "applications/eventFilter", `applications/${application}/eventFilter`, {}, filter)
      .catch((error: unknown) => {
        // The link broke meanwhile: the next one asks again.
        if (error instanceof AriLinkDownError) return;
        this.#options.onTrouble("the event filter was refused; all events will come", error);
      })
      .finally(() => {
        if (this.#socket !== socket || socket.readyState !== WebSocket.OPEN) return;
        this.#up = true;
        this.#ups.emit();
      });
  }

  #ping(socket: WebSocket): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.ping();
    // The oldest unanswered ping decides: a timer set anew at each ping would never end where pings are
    // sent more often than pongMs.
    if (this.#pongTimer !== undefined) return;
    this.#pongTimer = setTimeout(() => {
      this.#options.onTrouble("Asterisk does not answer pings; the link is dropped");
      socket.terminate();
    }, this.#options.pongMs);
  }

  #stopWaitingForPong(): void {
    clearTimeout(this.#pongTimer);
    this.#pongTimer = undefined;
  }

  #onClose(why: string): void {
    clearInterval(this.#pingTimer);
    this.#stopWaitingForPong();
    const wasUp = this.#up;
    this.#up = false;
    this.#socket = undefined;
    this.#pending.rejectAll(`the link broke: ${why}`);
    if (wasUp) this.#downs.emit(why);
    if (this.#closed) return;
    const { reconnectBaseMs, reconnectCapMs } = this.#options;
    const delay = backoffMs(this.#failures, reconnectBaseMs, reconnectCapMs, Math.random);
    this.#failures += 1;
    this.#reconnectTimer = setTimeout(() => {
      this.#connect();
    }, delay);
  }

  #onMessage(text: string): void {
    const message = parseMessage(text);
    switch (message.kind) {
      case "response":
        if (!this.#pending.settle(message.response)) this.counters.lateAnswers += 1;
        return;
      case "unknown":
        this.counters.unknownMessages += 1;
        return;
      case "event":
        this.#dispatch(message.event);
    }
  }

  #dispatch(event: AriEvent): void {
    if (event.type === "ApplicationReplaced") {
      this.#options.onTrouble("another connection took over the Stasis application");
    }
    const channelId = channelIdOf(event);
    const listeners = channelId === undefined ? undefined : this.#channels.get(channelId);
    (listeners ?? this.#strays).emit(event);
  }

  #listeners<Args extends readonly unknown[]>(): Listeners<Args> {
    return new Listeners<Args>((error) => {
      this.counters.listenerErrors += 1;
      this.#options.onTrouble("a listener threw", error);
    });
  }
}

import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { ARI_DEFAULTS, type AriOptions } from "../connection.js";
import { AriLinkDownError } from "../errors.js";
import { parseMessage, WANTED_TYPES } from "../messages.js";
import { ReconnectingLink } from "../reconnecting-link.js";

type Query = Readonly<Record<string, string>>;

/** The link of {@link WebSocketAriConnection}: one WebSocket for events, requests and their answers. */
export abstract class WebSocketLink extends ReconnectingLink {
  #socket: WebSocket | undefined;
  /** What the WebSocket runs over. */
  #line: Socket | undefined;
  #gathering = false;

  constructor(options: AriOptions) {
    super({ ...ARI_DEFAULTS, ...options });
    this.connect();
  }

  async close(): Promise<void> {
    await this.leave();
    this.closed();
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
  protected request(
    method: string,
    operation: string,
    uri: string,
    query: Query,
    body?: unknown,
  ): Promise<string | undefined> {
    const socket = this.#socket;
    if (!this.mayAsk(method, operation) && operation !== "applications/eventFilter")
      return Promise.reject(new AriLinkDownError());
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new AriLinkDownError());
    return this.pending.add(method, operation, (requestId) => {
      this.#gather();
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

  /**
   * What is asked in one turn goes out in one write: a key that stops one prompt and begins another costs
   * one system call, and wakes Asterisk once, instead of three times.
   */
  #gather(): void {
    const line = this.#line;
    if (line === undefined || this.#gathering) return;
    this.#gathering = true;
    line.cork();
    // After the microtasks of this turn, from which more may come.
    queueMicrotask(() => {
      process.nextTick(() => {
        this.#gathering = false;
        line.uncork();
      });
    });
  }

  protected connect(): void {
    const { url, username, password, application } = this.options;
    const address = new URL(`${url.replace(/\/$/, "")}/ari/events`);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("app", application);
    const socket = new WebSocket(address, {
      // By header, never in the URL: URLs end up in logs.
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let why = "closed";
    let opened = false;
    let answered: boolean | undefined;
    const deadline = setTimeout(() => {
      answered = false;
      socket.terminate();
    }, this.options.requestMs);
    socket.on("upgrade", (response) => {
      this.#line = response.socket;
    });
    socket.on("open", () => {
      clearTimeout(deadline);
      opened = true;
      this.#onOpen(socket);
    });
    socket.on("message", (data) => {
      this.#onMessage((data as Buffer).toString("utf8"));
    });
    socket.on("pong", () => {
      this.pong();
    });
    socket.on("error", (error) => {
      why = error.message;
      // Refused, or there was nothing to ask with (EMFILE): in either case it was not Asterisk that said nothing.
      if (!opened) answered ??= true;
    });
    socket.on("close", (code) => {
      clearTimeout(deadline);
      this.#onClose(`${why} (${code})`, answered === undefined ? undefined : !answered);
    });
  }

  protected disconnect(): boolean {
    this.#socket?.terminate();
    return this.#socket !== undefined;
  }

  #onOpen(socket: WebSocket): void {
    const { application, onTrouble } = this.options;
    this.connected(
      () => {
        if (socket.readyState === WebSocket.OPEN) socket.ping();
      },
      () => {
        onTrouble("Asterisk does not answer pings; the link is dropped");
        socket.terminate();
      },
    );
    // Nobody needs the other fifty event types: stopped at the source they cost no JSON at all.
    const filter = { allowed: WANTED_TYPES.map((type) => ({ type })) };
    this.request("PUT", "applications/eventFilter", `applications/${application}/eventFilter`, {}, filter)
      .catch((error: unknown) => {
        // The link broke meanwhile: the next one asks again.
        if (error instanceof AriLinkDownError) return;
        onTrouble("the event filter was refused; all events will come", error);
      })
      .finally(() => {
        if (this.#socket !== socket || socket.readyState !== WebSocket.OPEN) return;
        void this.isUp();
      });
  }

  #onClose(why: string, silent: boolean | undefined): void {
    this.#socket = undefined;
    this.#line = undefined;
    this.broken(why, silent);
  }

  #onMessage(text: string): void {
    const message = parseMessage(text);
    switch (message.kind) {
      case "response":
        if (!this.pending.settle(message.response)) this.link.counters.lateAnswers += 1;
        return;
      case "unknown":
        this.link.counters.unknownMessages += 1;
        return;
      case "event":
        this.receive(message.event);
    }
  }
}

import type { Socket } from "node:net";
import { WebSocket } from "ws";
import {
  ARI_DEFAULTS,
  type AriConnection,
  type AriOptions,
  type OriginateRequest,
  type ReceivedRtp,
} from "../connection.js";
import { AriLinkDownError } from "../errors.js";
import { type AriChannel, parseMessage, WANTED_TYPES } from "../messages.js";
import { orGone } from "../or-gone.js";
import { receivedRtpOf } from "../received-rtp.js";
import { ReconnectingLink } from "../reconnecting-link.js";
import { variableOf } from "../variable-of.js";

type Query = Readonly<Record<string, string>>;

/**
 * ARI over one WebSocket: events, and REST requests since Asterisk 20.14, 21.9 and 22.4. It
 * reconnects without end; while it is down every request fails at once instead of hanging.
 */
export class WebSocketAriConnection extends ReconnectingLink implements AriConnection {
  #socket: WebSocket | undefined;
  /** What the WebSocket runs over. */
  #line: Socket | undefined;
  #gathering = false;

  constructor(options: AriOptions) {
    super({ ...ARI_DEFAULTS, ...options });
    this.connect();
  }

  async originate(request: OriginateRequest): Promise<void> {
    await this.#request(
      "POST",
      "channels",
      `channels/${request.channelId}`,
      {
        endpoint: request.endpoint,
        app: this.options.application,
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

  async pausePlayback(playbackId: string): Promise<void> {
    await this.#request("POST", "playbacks/control", `playbacks/${playbackId}/control`, {
      operation: "pause",
    });
  }

  async stopPlayback(playbackId: string): Promise<void> {
    await orGone(this.#request("DELETE", "playbacks", `playbacks/${playbackId}`, {}));
  }

  async hangUp(channelId: string, q850Cause: number): Promise<void> {
    await orGone(
      this.#request("DELETE", "channels", `channels/${channelId}`, { reason_code: String(q850Cause) }),
    );
  }

  async setVariable(channelId: string, name: string, value: string): Promise<void> {
    await this.#request("POST", "channels/variable", `channels/${channelId}/variable`, {
      variable: name,
      value,
    });
  }

  async readVariable(channelId: string, name: string): Promise<string | null> {
    return variableOf(
      this.#request("GET", "channels/variable", `channels/${channelId}/variable`, { variable: name }),
    );
  }

  async listChannels(): Promise<readonly AriChannel[]> {
    const body = await this.#request("GET", "channels", "channels", {});
    return JSON.parse(body ?? "[]") as AriChannel[];
  }

  async receivedRtp(channelId: string): Promise<ReceivedRtp | null> {
    const uri = `channels/${channelId}/rtp_statistics`;
    return receivedRtpOf(this.#request("GET", "channels/rtp_statistics", uri, {}));
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

  protected async setGlobalVariable(name: string, value: string): Promise<void> {
    await this.#request("POST", "asterisk/variable", "asterisk/variable", { variable: name, value });
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
    this.#request("PUT", "applications/eventFilter", `applications/${application}/eventFilter`, {}, filter)
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

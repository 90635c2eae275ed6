import { AriClientThread } from "./ari-client-thread.js";
import type { AsteriskAbilities, FromWorker } from "./ari-client-messages.js";
import { askVersion } from "../asterisk-version.js";
import {
  ARI_DEFAULTS,
  type AriConnection,
  type AriOptions,
  type OriginateRequest,
  type ReceivedRtp,
} from "../connection.js";
import { AriLinkDownError } from "../errors.js";
import { hangupReason } from "./hangup-reason.js";
import { type AriChannel, EVENT_TYPES, parseMessage } from "../messages.js";
import { orGone } from "../or-gone.js";
import { isTooLongForQuery, playByBody } from "./play-by-body.js";
import { receivedRtpOf } from "../received-rtp.js";
import { ReconnectingLink } from "../reconnecting-link.js";
import { variableOf } from "../variable-of.js";
import { RequestOrder } from "./request-order.js";
import { TELL_SIP_ANSWER, withSipAnswer } from "./sip-answer.js";

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
 * ARI over HTTP requests and an events WebSocket, as Asterisk had it before REST over WebSocket (16 to
 * 20.13), by the npm package `ari-client`. That one loses answers and falls over, so it lives in a worker
 * thread under a heartbeat: a thread that dies, hangs or loses its socket is ended and another is started.
 * Deadlines, errors and back-off are those of the other connector. Why: docs/decisions/0016.
 */
export class AriClientConnection extends ReconnectingLink implements AriConnection {
  readonly #startMs: number;
  readonly #order = new RequestOrder();
  readonly #closing = new AbortController();
  #thread: AriClientThread | undefined;
  #abilities = NO_ABILITIES;
  #startTimer: NodeJS.Timeout | undefined;

  constructor({ startMs = START_MS, ...options }: AriClientOptions) {
    super({ ...ARI_DEFAULTS, ...options });
    this.#startMs = startMs;
    this.connect();
  }

  async originate(request: OriginateRequest): Promise<void> {
    const { channelId, endpoint, callerId, timeoutSeconds } = request;
    const variables = { ...(this.#abilities.tellsTechCause ? {} : TELL_SIP_ANSWER), ...request.variables };
    await this.#request({
      method: "POST",
      path: "channels",
      operation: ["channels", "originateWithId"],
      args: {
        channelId,
        endpoint,
        app: this.options.application,
        timeout: String(timeoutSeconds),
        ...(callerId === null ? {} : { callerId }),
        ...(Object.keys(variables).length === 0 ? {} : { body: JSON.stringify({ variables }) }),
      },
      lanes: [channelId],
    });
  }

  async answer(channelId: string): Promise<void> {
    await this.#request({
      method: "POST",
      path: "channels/answer",
      operation: ["channels", "answer"],
      args: { channelId },
      lanes: [channelId],
    });
  }

  async play(channelId: string, playbackId: string, files: readonly string[]): Promise<void> {
    const media = files.map((file) => `sound:${file}`);
    const lanes = [channelId, playbackId];
    if (isTooLongForQuery(media)) {
      if (!this.link.up) throw new AriLinkDownError();
      const before = this.#order.before(lanes) ?? Promise.resolve();
      const { requestMs } = this.options;
      const asked = before.then(() => playByBody(this.options, channelId, playbackId, media, requestMs));
      this.#order.enter(lanes, asked);
      await asked;
      return;
    }
    await this.#request({
      method: "POST",
      path: "channels/play",
      operation: ["channels", "playWithId"],
      args: { channelId, playbackId, media: media.join(",") },
      lanes,
    });
  }

  async pausePlayback(playbackId: string): Promise<void> {
    await this.#request({
      method: "POST",
      path: "playbacks/control",
      operation: ["playbacks", "control"],
      args: { playbackId, operation: "pause" },
      lanes: [playbackId],
    });
  }

  async stopPlayback(playbackId: string): Promise<void> {
    const stopped = this.#request({
      method: "DELETE",
      path: "playbacks",
      operation: ["playbacks", "stop"],
      args: { playbackId },
      lanes: [playbackId],
    });
    await orGone(stopped);
  }

  async hangUp(channelId: string, q850Cause: number): Promise<void> {
    const hungUp = this.#request({
      method: "DELETE",
      path: "channels",
      operation: ["channels", "hangup"],
      args: { channelId, ...hangupReason(q850Cause, this.#abilities) },
      lanes: [channelId],
    });
    await orGone(hungUp);
  }

  async setVariable(channelId: string, name: string, value: string): Promise<void> {
    await this.#request({
      method: "POST",
      path: "channels/variable",
      operation: ["channels", "setChannelVar"],
      args: { channelId, variable: name, value },
      lanes: [channelId],
    });
  }

  async readVariable(channelId: string, name: string): Promise<string | null> {
    return variableOf(
      this.#request({
        method: "GET",
        path: "channels/variable",
        operation: ["channels", "getChannelVar"],
        args: { channelId, variable: name },
        lanes: [channelId],
      }),
    );
  }

  async listChannels(): Promise<readonly AriChannel[]> {
    const body = await this.#request({
      method: "GET",
      path: "channels",
      operation: ["channels", "list"],
      args: {},
      lanes: [],
    });
    return JSON.parse(body ?? "[]") as AriChannel[];
  }

  async receivedRtp(channelId: string): Promise<ReceivedRtp | null> {
    const answer = this.#request({
      method: "GET",
      path: "channels/rtp_statistics",
      operation: ["channels", "rtpstatistics"],
      args: { channelId },
      lanes: [],
    });
    return receivedRtpOf(answer);
  }

  async close(): Promise<void> {
    await this.leave();
    this.closed();
    this.#closing.abort();
    await this.#thread?.end("closed");
  }

  protected async setGlobalVariable(name: string, value: string): Promise<void> {
    await this.#request({
      method: "POST",
      path: "asterisk/variable",
      operation: ["asterisk", "setGlobalVar"],
      args: { variable: name, value },
      lanes: [],
    });
  }

  #request({ method, path, operation, args, lanes }: Request): Promise<string | undefined> {
    const thread = this.#thread;
    if (thread === undefined || !this.mayAsk(method, path)) return Promise.reject(new AriLinkDownError());
    const before = this.#order.before(lanes);
    const answer = this.pending.add(method, path, (id) => {
      const [resource, nickname] = operation;
      const send = (): void => {
        // While it waited for its turn its own deadline may have passed, or the link have gone.
        if (this.pending.has(id)) thread.tell({ kind: "request", id, resource, operation: nickname, args });
      };
      if (before === undefined) send();
      else void before.then(send);
    });
    this.#order.enter(lanes, answer);
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
    this.#abilities = abilities;
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

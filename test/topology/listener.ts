import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";
import type { TopologyNode } from "./node.js";

const AGAIN_MS = 200;

export interface HeardEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Hears a client's events at a node, and goes on at the next one, behind the last that it heard, when that one is gone. */
export class Listener {
  readonly heard: HeardEvent[] = [];
  /** Codes with which it was told goodbye, and why. */
  readonly goodbyes: { readonly code: number; readonly reason: string }[] = [];
  readonly #nodes: readonly TopologyNode[];
  readonly #key: string;
  readonly #room = new WaitingRoom();
  #at: number;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(nodes: readonly TopologyNode[], key: string, at: number) {
    this.#nodes = nodes;
    this.#key = key;
    this.#at = at;
  }

  /** Resolves when it hears. */
  async open(): Promise<void> {
    const socket = this.#connect();
    await this.#room.until(() => socket?.readyState === WebSocket.OPEN || undefined, PATIENCE_MS, "a stream");
  }

  /** Goes on at that node. */
  async moveTo(at: number): Promise<void> {
    // What is said goodbye to is followed by the next.
    this.#at = at + this.#nodes.length - 1;
    const { length } = this.heard;
    this.#socket?.terminate();
    await this.#room.until(() => this.heard.length > length || undefined, PATIENCE_MS, "an event elsewhere");
  }

  until<Value>(condition: () => Value | undefined, ms: number, what: string): Promise<Value> {
    return this.#room.until(condition, ms, what);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
    this.#room.close(new Error("nobody listens any more"));
  }

  #connect(): WebSocket | undefined {
    const node = this.#nodes[this.#at % this.#nodes.length];
    if (this.#closed || node?.addresses === undefined) return undefined;
    const last = this.heard.at(-1)?.id;
    const after = last === undefined ? "" : `?after=${last}`;
    const socket = new WebSocket(`${node.addresses.api.replace("https", "wss")}/v1/events${after}`, {
      ca: readFileSync(node.certFile),
      headers: { authorization: `Bearer ${this.#key}` },
      handshakeTimeout: 4_000,
    });
    this.#socket = socket;
    socket.on("open", () => {
      this.#room.look();
    });
    socket.on("message", (text: Buffer) => {
      // One that was left may have said something more.
      if (socket !== this.#socket) return;
      this.heard.push(JSON.parse(text.toString()) as HeardEvent);
      this.#room.look();
    });
    socket.on("error", () => undefined);
    socket.on("close", (code, reason) => {
      if (socket !== this.#socket) return;
      this.goodbyes.push({ code, reason: reason.toString() });
      this.#at += 1;
      this.#timer = setTimeout(() => this.#connect(), AGAIN_MS);
    });
    return socket;
  }
}

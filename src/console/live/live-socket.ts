import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import { time } from "../../representation/time.js";
import type { LiveMessage } from "../contract/live.js";
import type { CallProgress } from "./call-progress.js";
import type { Picture, Watcher } from "./live-board.js";

/** So much may lie unread; who reads more slowly misses changes, and gets the whole when there is room again. */
const HIGH_WATER = 256 * 1024;

/** What is sent to several is written once. */
const texts = new WeakMap<object, string>();

/** A page that watches. */
export class LiveSocket implements Watcher {
  /** Whose it is: what its session is found by. */
  readonly request: Pick<IncomingMessage, "headers">;
  readonly #socket: WebSocket;
  readonly #progress: CallProgress;
  /** The id of the one verification that it shows; null: all. */
  readonly #followed: string | null;
  #needsWhole = true;
  #last = "";
  #answered = true;

  constructor(
    socket: WebSocket,
    request: Pick<IncomingMessage, "headers">,
    progress: CallProgress,
    followed: string | null,
  ) {
    this.request = request;
    this.#socket = socket;
    this.#progress = progress;
    this.#followed = followed;
    socket.on("pong", () => {
      this.#answered = true;
    });
  }

  show(picture: Picture, change: Extract<LiveMessage, { type: "change" }> | null): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > HIGH_WATER) {
      this.#needsWhole = true;
      return;
    }
    if (this.#followed !== null) {
      this.#follow(this.#followed, picture);
      return;
    }
    if (this.#needsWhole || change === null) {
      this.#needsWhole = false;
      this.#socket.send(written(picture, () => wholeOf(picture)));
      return;
    }
    const { calls, gone, lines, health } = change;
    if (calls.length + gone.length === 0 && lines === undefined && health === undefined) return;
    this.#socket.send(written(change, () => change));
  }

  /** Asks whether it is still there. @returns false where it has not answered the last time. */
  ping(): boolean {
    if (!this.#answered) return false;
    this.#answered = false;
    this.#socket.ping();
    return true;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #follow(id: string, { calls }: Picture): void {
    const call = [...calls.values()].find(({ verification_id }) => verification_id === id) ?? null;
    const message: LiveMessage = { type: "followed", call, steps: this.#progress.stepsOf(id) };
    const text = JSON.stringify(message);
    if (text === this.#last) return;
    this.#last = text;
    this.#socket.send(text);
  }
}

function wholeOf({ at, calls, lines, health }: Picture): LiveMessage {
  return { type: "snapshot", at: time(at), calls: [...calls.values()], lines, health };
}

function written(of: object, message: () => LiveMessage): string {
  let text = texts.get(of);
  if (text === undefined) {
    text = JSON.stringify(message());
    texts.set(of, text);
  }
  return text;
}

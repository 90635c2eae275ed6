import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import { type LiveCall, type LiveMessage, liveMessageSchema } from "../../src/console/contract/live.js";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";

interface Asking {
  readonly url: string;
  readonly certFile: string;
  /** Of the session; undefined: none. */
  readonly token: string | undefined;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status with which an upgrade was refused, or 101 where it was not, and what was said. */
export function askToWatch({ url, certFile, token, path = "/api/live", headers }: Asking): Promise<{
  readonly status: number;
  readonly text: string;
  readonly socket: WebSocket;
}> {
  const socket = new WebSocket(url.replace(/^http/, "ws") + path, {
    ca: readFileSync(certFile),
    headers: {
      ...(token === undefined ? {} : { cookie: `__Host-honnin=${token}` }),
      ...(headers ?? { "sec-fetch-site": "same-origin", origin: url }),
    },
  });
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => {
      resolve({ status: 101, text: "", socket });
    });
    socket.on("unexpected-response", (_request, response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text, socket });
      });
    });
  });
}

/** A page that watches, without its looks: what it would show, and all that was sent. */
export class LiveWatch {
  readonly calls = new Map<string, LiveCall>();
  readonly messages: LiveMessage[] = [];
  /** As it was sent. */
  text = "";
  closedWith: number | undefined;
  readonly #socket: WebSocket;
  readonly #room = new WaitingRoom();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async start(asking: Asking): Promise<LiveWatch> {
    const { status, text, socket } = await askToWatch(asking);
    if (status !== 101) throw new Error(`refused: ${status} ${text}`);
    const watch = new LiveWatch(socket);
    socket.on("message", (data: Buffer) => {
      watch.#take(data.toString());
    });
    socket.on("close", (code) => {
      watch.closedWith = code;
      watch.#room.look();
    });
    return watch;
  }

  /** Resolves with the first thing that `look` finds. */
  until<Found>(look: () => Found | undefined, what: string): Promise<Found> {
    return this.#room.until(look, PATIENCE_MS, `${what}; sent so far: ${this.text.slice(-2000)}`);
  }

  /** Waits until a call of this verification is as told. */
  call(id: string, is: (call: LiveCall) => boolean, what: string): Promise<LiveCall> {
    const find = (): LiveCall | undefined =>
      [...this.calls.values()].find((call) => call.verification_id === id && is(call));
    return this.until(find, `${id} ${what}`);
  }

  /** Every phase in which a call was shown, in order. */
  phasesOf(id: string): string[] {
    const phases = this.messages.flatMap((message) =>
      message.type === "followed"
        ? []
        : message.calls.filter(({ verification_id }) => verification_id === id),
    );
    return phases.map(({ phase }) => phase).filter((phase, nth, all) => phase !== all[nth - 1]);
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(text: string): void {
    this.text += `${text}\n`;
    const message = liveMessageSchema.parse(JSON.parse(text));
    this.messages.push(message);
    if (message.type === "followed") {
      if (message.call !== null) this.calls.set(message.call.key, message.call);
    } else {
      if (message.type === "snapshot") this.calls.clear();
      else for (const key of message.gone) this.calls.delete(key);
      for (const call of message.calls) this.calls.set(call.key, call);
    }
    this.#room.look();
  }
}

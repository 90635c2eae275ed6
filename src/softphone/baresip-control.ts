import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";

import { encodeNetstring, NetstringReader } from "./netstring.js";

/** An event of baresip: `type` is `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED`, … */
export interface BaresipEvent {
  readonly type: string;
  /** Of calls: `sip:09012345678@127.0.0.1`. */
  readonly peeruri?: string;
  /** Why, in words: `486 Busy Here`, `Connection reset by user`. */
  readonly param?: string;
}

interface ControlEvents {
  readonly event: [BaresipEvent];
  readonly closed: [];
}

interface Reply {
  readonly ok: boolean;
  readonly data: string;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const REPLY_DEADLINE_MS = 5_000;

/** The control port (module `ctrl_tcp`) of a running baresip. */
export class BaresipControl extends EventEmitter<ControlEvents> {
  readonly #socket: Socket;
  readonly #reader = new NetstringReader();
  readonly #waiting = new Map<string, Waiting>();
  #tokens = 0;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on("data", (chunk) => {
      for (const text of this.#reader.push(chunk)) this.#receive(text);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values())
        reject(new Error("baresip has closed its control port"));
      this.#waiting.clear();
      this.emit("closed");
    });
  }

  static async connect(port: number): Promise<BaresipControl> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new BaresipControl(socket);
  }

  /** Gives a long command of baresip's menu, such as `dial`; rejects when baresip refuses it. */
  async command(command: string, params?: string): Promise<string> {
    this.#tokens += 1;
    const token = String(this.#tokens);
    const request = JSON.stringify({ command, token, ...(params === undefined ? {} : { params }) });
    let deadline: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#waiting.set(token, { resolve, reject });
      deadline = setTimeout(() => {
        reject(new Error(`baresip did not answer "${command}" in ${REPLY_DEADLINE_MS} ms`));
      }, REPLY_DEADLINE_MS);
      this.#socket.write(encodeNetstring(request));
    }).finally(() => {
      clearTimeout(deadline);
      this.#waiting.delete(token);
    });
    // Its answer repeats the parameters, a password among them.
    const answer = params === undefined ? reply.data : reply.data.replaceAll(params, "…");
    if (!reply.ok) throw new Error(`baresip refused "${command}": ${answer}`);
    return reply.data;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    if (message["event"] === true && typeof message["type"] === "string") {
      this.emit("event", { ...message, type: message["type"] });
      return;
    }
    const data = typeof message["data"] === "string" ? message["data"] : "";
    const waiting = typeof message["token"] === "string" ? this.#waiting.get(message["token"]) : undefined;
    waiting?.resolve({ ok: message["ok"] === true, data });
  }
}

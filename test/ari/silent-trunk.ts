import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** A trunk that takes every packet and never says a word: a call to it stays on its way until we end it. */
export class SilentTrunk {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async start(): Promise<SilentTrunk> {
    const socket = createSocket("udp4");
    const listening = once(socket, "listening");
    socket.bind(0, "127.0.0.1");
    await listening;
    return new SilentTrunk(socket);
  }

  get uri(): string {
    return `sip:127.0.0.1:${this.#socket.address().port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }
}

import { randomUUID } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { header, parseSip, renderSip, type SipMessage } from "../phones/sip-message.js";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";

export interface RawRequest {
  readonly uri?: string;
  readonly to?: string;
  /** The Route, without its brackets. */
  readonly route?: string;
}

/** Sends single requests, as no telephone would, from an address of loopback. */
export class RawSip implements AsyncDisposable {
  readonly answers: SipMessage[] = [];
  readonly #socket: Socket;
  readonly #to: number;
  readonly #room = new WaitingRoom();

  private constructor(socket: Socket, to: number) {
    this.#socket = socket;
    this.#to = to;
    socket.on("message", (bytes) => {
      const message = parseSip(bytes.toString());
      if (message !== undefined) this.answers.push(message);
      this.#room.look();
    });
  }

  /** @param to port of 127.0.0.1. */
  static async open(host: string, to: number): Promise<RawSip> {
    const socket = createSocket("udp4");
    socket.bind(0, host);
    await once(socket, "listening");
    return new RawSip(socket, to);
  }

  async answerTo(method: string, request: RawRequest = {}): Promise<SipMessage> {
    const callId = randomUUID();
    const { address, port } = this.#socket.address();
    const home = `sip:127.0.0.1:${String(this.#to)}`;
    const { uri = home, to = `<${home}>`, route } = request;
    const text = renderSip({
      startLine: `${method} ${uri} SIP/2.0`,
      headers: [
        { name: "Via", value: `SIP/2.0/UDP ${address}:${String(port)};branch=z9hG4bK${callId}` },
        { name: "Max-Forwards", value: "70" },
        ...(route === undefined ? [] : [{ name: "Route", value: `<${route};lr>` }]),
        { name: "From", value: `<sip:${address}>;tag=raw` },
        { name: "To", value: to },
        { name: "Call-ID", value: callId },
        { name: "CSeq", value: `1 ${method}` },
      ],
      body: "",
    });
    this.#socket.send(text, this.#to, "127.0.0.1");
    const answer = (): SipMessage | undefined =>
      this.answers.find((message) => header(message, "Call-ID") === callId);
    return this.#room.until(answer, PATIENCE_MS, `the answer to ${method}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }
}

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { generate } from "selfsigned";
import { freeTcpPort } from "../../src/asterisk/free-port.js";

/** A certificate of its own, and the settings by which it is trusted. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @param address that it names. @param folder for what Asterisk reads of it. */
export async function tlsPair(address: string, folder: string): Promise<TlsPair> {
  const { cert, private: key } = await generate([{ name: "commonName", value: address }], {
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: address }] },
    ],
  });
  const file = path.join(folder, `${randomUUID()}.pem`);
  await writeFile(file, cert);
  const port = String(await freeTcpPort());
  return { cert, key, env: { HONNIN_SIP_TLS_CA: file, HONNIN_SIP_TLS_PORT: port } };
}

/** A trunk by TCP or TLS that answers each request as `answer` says, and keeps them; null answers nothing. */
export class StreamPeer implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, answer: (request: string) => string | null, event: string) {
    this.#server = server;
    server.on(event, (socket: Socket) => {
      this.#sockets.add(socket);
      let text = "";
      socket.on("error", () => undefined);
      socket.on("data", (bytes: Buffer) => {
        text += bytes.toString("latin1");
        for (let request = wholeOf(text); request !== undefined; request = wholeOf(text)) {
          text = text.slice(request.length);
          const trimmed = request.trimStart();
          this.requests.push(trimmed);
          const said = answer(trimmed);
          if (said !== null) socket.write(said);
        }
      });
    });
    server.on("tlsClientError", () => undefined);
  }

  /** @param pair TLS with this certificate; without one TCP. */
  static async start(
    answer: (request: string) => string | null,
    host: string,
    pair?: TlsPair,
  ): Promise<StreamPeer> {
    const server = pair === undefined ? createServer() : createTlsServer({ cert: pair.cert, key: pair.key });
    const peer = new StreamPeer(server, answer, pair === undefined ? "connection" : "secureConnection");
    server.listen(0, host);
    await once(server, "listening");
    return peer;
  }

  /** Without its transport. */
  get uri(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `sip:${address}:${String(port)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** The first whole message of a stream (RFC 3261 section 18.3), with the keep-alives before it. */
function wholeOf(text: string): string | undefined {
  const start = text.length - text.trimStart().length;
  const end = text.indexOf("\r\n\r\n", start);
  if (end < 0) return undefined;
  const length = Number(/^(?:Content-Length|l): *(\d+)/im.exec(text.slice(start, end))?.[1] ?? 0);
  const whole = end + 4 + length;
  return text.length < whole ? undefined : text.slice(0, whole);
}

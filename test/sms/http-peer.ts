import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What was posted to a gateway. */
export interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export type OnPost = (posted: Posted, response: ServerResponse) => void;

/** A gateway by HTTPS, which does what the test says. */
export class HttpPeer {
  readonly port: number;
  readonly posts: Posted[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  static async start(tls: { key: string; cert: string }, onPost: OnPost): Promise<HttpPeer> {
    const server = createServer(tls);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HttpPeer(server, onPost);
  }

  private constructor(server: Server, onPost: OnPost) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void readAll(request).then((text) => {
        const posted = { path: request.url ?? "", headers: request.headers, text };
        this.posts.push(posted);
        onPost(posted, response);
      });
    });
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): OnPost {
  return (_posted, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

import { Webhook } from "standardwebhooks";
import { once } from "node:events";
import { createServer as createHttp, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TlsPair } from "../../src/http/tls.js";
import { webhookBreach } from "../support/contract.js";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A client's receiver of webhooks: keeps what came, and answers as it is told. */
export class Receiver {
  readonly received: Received[] = [];
  readonly url: string;
  answer: RequestListener = (_request, response) => response.writeHead(204).end();
  readonly #stop: () => Promise<void>;
  readonly #checks: boolean;
  readonly #breaches: string[] = [];
  readonly #waiting: { count: number; resolve: () => void }[] = [];

  private constructor(url: string, stop: () => Promise<void>, checks: boolean) {
    this.url = url;
    this.#checks = checks;
    this.#stop = stop;
  }

  /**
   * @param tls over HTTPS; without it over plain HTTP.
   * @param checks whether all that comes is held against the OpenAPI document; not where it comes by the thousand.
   */
  static async start(tls?: TlsPair, checks = true): Promise<Receiver> {
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        receiver.#take({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
        receiver.answer(request, response);
      });
    };
    const server =
      tls === undefined ? createHttp(listener) : createHttps({ cert: tls.cert, key: tls.key }, listener);
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const receiver = new Receiver(
      tls === undefined ? `http://127.0.0.1:${port}/hook` : `https://localhost:${port}/hook`,
      async () => {
        server.close();
        for (const socket of sockets) socket.destroy();
        await once(server, "close");
      },
      checks,
    );
    return receiver;
  }

  /** Until so many have come in all. */
  async has(count: number): Promise<void> {
    if (this.received.length >= count) return;
    await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
  }

  get types(): unknown[] {
    return this.received.map(({ body }) => (JSON.parse(body) as { type: unknown }).type);
  }

  /** @throws {Error} when something came that is not as the OpenAPI document has it. */
  async stop(): Promise<void> {
    await this.#stop();
    if (this.#breaches.length > 0) throw new Error(this.#breaches.join("\n"));
  }

  #take(received: Received): void {
    // A test of a webhook is no event, and in no contract.
    const isTest = received.body.startsWith('{"type":"test",');
    const breach = isTest || !this.#checks ? null : webhookBreach(received.headers, received.body);
    if (breach !== null) this.#breaches.push(breach);
    this.received.push(received);
    for (const waiting of this.#waiting) if (this.received.length >= waiting.count) waiting.resolve();
  }
}

/**
 * Verifies with the reference library of Standard Webhooks. Its own `verify` reads the machine's
 * clock; the tests have clocks of their own, so the age is judged here and the signature by it.
 */
export function verifies(secret: string, { headers, body }: Received, now: number): boolean {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string") return false;
  if (!/^\d+$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > 300) return false;
  const expected = new Webhook(secret).sign(id, new Date(Number(timestamp) * 1000), body);
  return signatures.split(" ").includes(expected);
}

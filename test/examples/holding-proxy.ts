import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request, type Server } from "node:https";
import path from "node:path";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";

const RESULT = "/v1/verifications/result";

/** Stands in front of the API, under its certificate, and holds what is asked about one number until it is let go. */
export class HoldingProxy {
  readonly url: string;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #room = new WaitingRoom();
  /** Ids by the number that they were registered for. */
  readonly #ids = new Map<string, string>();
  readonly #held = new Set<string>();
  #waiting: string[] = [];

  private constructor(url: string, server: Server, agent: Agent) {
    this.url = url;
    this.#server = server;
    this.#agent = agent;
  }

  static async start(apiUrl: string, certFile: string): Promise<HoldingProxy> {
    const cert = readFileSync(certFile);
    const key = readFileSync(path.join(path.dirname(certFile), "key.pem"));
    const server = createServer({ cert, key }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const agent = new Agent({ ca: cert, keepAlive: true });
    const proxy = new HoldingProxy(`https://127.0.0.1:${address.port}`, server, agent);
    server.on("request", (incoming, response) => {
      proxy.#forward(apiUrl, incoming, response).catch(() => response.destroy());
    });
    return proxy;
  }

  /** From now on the results of this number's verifications are not told. */
  hold(number: string): void {
    this.#held.add(number);
  }

  /** Somebody has asked for one. */
  async asked(number: string): Promise<void> {
    const waits = (): true | undefined => (this.#waiting.includes(number) ? true : undefined);
    await this.#room.until(waits, PATIENCE_MS, "somebody who asks for a result that is held");
  }

  release(number: string): void {
    this.#held.delete(number);
    this.#room.look();
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await once(this.#server, "close");
  }

  async #forward(apiUrl: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(incoming);
    await this.#turn(incoming.url ?? "/", body);
    const { method, headers } = incoming;
    const outgoing = request(apiUrl + (incoming.url ?? "/"), {
      ...{ method, agent: this.#agent },
      headers: { ...headers, host: new URL(apiUrl).host },
    });
    outgoing.end(body);
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    const text = await read(answer);
    response.writeHead(answer.statusCode ?? 502, { "content-type": answer.headers["content-type"] });
    response.end(text);
  }

  async #turn(at: string, body: string): Promise<void> {
    if (at === "/v1/verifications") {
      const { id, phone_number: number } = JSON.parse(body) as { id: string; phone_number: string };
      this.#ids.set(id, number);
    }
    if (at !== RESULT) return;
    const number = this.#ids.get((JSON.parse(body) as { id: string }).id);
    if (number === undefined || !this.#held.has(number)) return;
    this.#waiting.push(number);
    this.#room.look();
    const free = (): true | undefined => (this.#held.has(number) ? undefined : true);
    await this.#room.until(free, PATIENCE_MS, "the release of a result");
    this.#waiting = this.#waiting.filter((one) => one !== number);
  }
}

async function read(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

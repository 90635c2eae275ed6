import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { WaitingRoom } from "../phones/waiting.js";

/** `swallow`: connections stay open and carry nothing more, not even their end, as behind a dead router. */
type Mode = "pass" | "swallow";

/** One connection through the proxy, as the server's log would know it. */
interface Passage {
  /** `performance.now()` */
  readonly at: number;
  /** What the client sent first: the WebSocket handshake. */
  head: string;
}

interface Pair {
  readonly passage: Passage;
  readonly client: Socket;
  readonly server: Socket;
}

/** A TCP proxy on loopback before Asterisk's ARI port that breaks the link on purpose. */
export class BreakableProxy {
  readonly passages: Passage[] = [];
  readonly #room = new WaitingRoom();
  readonly #listener: Server;
  readonly #targetPort: number;
  readonly #pairs = new Set<Pair>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #mode: Mode = "pass";
  #delayMs = 0;

  private constructor(listener: Server, targetPort: number) {
    this.#listener = listener;
    this.#targetPort = targetPort;
    listener.on("connection", (client) => {
      this.#accept(client);
    });
  }

  static async start(targetPort: number): Promise<BreakableProxy> {
    const listener = createServer();
    const listening = once(listener, "listening");
    listener.listen(0, "127.0.0.1");
    await listening;
    return new BreakableProxy(listener, targetPort);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** From now on everything is passed on again; what was swallowed is lost, and its connections are ended. */
  pass(): void {
    this.#delayMs = 0;
    if (this.#mode === "swallow") this.#cutAll();
    this.#mode = "pass";
  }

  /** Half-open: every connection, old and new, is kept and carries nothing more in either direction. */
  swallow(): void {
    this.#mode = "swallow";
  }

  /** Everything, in both directions, arrives so much later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** RST to both sides of every connection there is. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Those of them that are events sockets: requests may have connections of their own. */
  get eventSockets(): readonly Passage[] {
    return this.passages.filter(isEventSocket);
  }

  /** Says a WebSocket text message to every client, as if Asterisk had. */
  say(text: string): void {
    const payload = Buffer.from(text);
    if (payload.length > 125) throw new RangeError("a short frame has at most 125 bytes (RFC 6455, 5.2)");
    for (const { passage, client } of this.#pairs) {
      if (!isEventSocket(passage)) continue;
      client.write(Buffer.concat([Buffer.from([0x81, payload.length]), payload]));
    }
  }

  /** Resolves when so many connections have been made in all. */
  async connections(count: number, ms: number): Promise<void> {
    const enough = (): true | undefined => (this.passages.length >= count ? true : undefined);
    await this.#room.until(enough, ms, `${count} connections at the proxy`);
  }

  async stop(): Promise<void> {
    const closed = once(this.#listener, "close");
    this.#listener.close();
    this.#cutAll();
    for (const timer of this.#timers) clearTimeout(timer);
    await closed;
  }

  #accept(client: Socket): void {
    const passage: Passage = { at: performance.now(), head: "" };
    this.passages.push(passage);
    const pair = { passage, client, server: connect(this.#targetPort, "127.0.0.1") };
    this.#pairs.add(pair);
    client.on("data", (chunk: Buffer) => {
      if (!passage.head.includes("\r\n\r\n")) passage.head += chunk.toString("latin1");
    });
    this.#carry(pair, client, pair.server);
    this.#carry(pair, pair.server, client);
    this.#room.look();
  }

  #carry(pair: Pair, from: Socket, to: Socket): void {
    from.on("data", (chunk) => {
      this.#later(() => to.write(chunk));
    });
    // Why it ended is of no interest here: "close" follows, and the other side is told by that.
    from.on("error", () => undefined);
    from.on("close", () => {
      this.#later(() => {
        to.destroy();
        this.#pairs.delete(pair);
      });
    });
  }

  #later(act: () => void): void {
    if (this.#mode === "swallow") return;
    if (this.#delayMs === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#mode === "pass") act();
    }, this.#delayMs);
    this.#timers.add(timer);
  }

  #cutAll(): void {
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
    this.#pairs.clear();
  }
}

function isEventSocket({ head }: Passage): boolean {
  return head.startsWith("GET /ari/events?");
}

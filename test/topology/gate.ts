import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** `refuse`: as a server that is gone. `swallow`: connections stay and carry nothing more, as behind a dead router. */
export type Cut = "refuse" | "swallow";

/** A TCP proxy on loopback between a node and its database, which can be cut. */
export class Gate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: Cut | null = null;

  private constructor(server: Server, to: number) {
    this.#server = server;
    server.on("connection", (near) => {
      this.#pass(near, to);
    });
  }

  static async before(port: number): Promise<Gate> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Gate(server, port);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ports by which the server knows the connections that go through here. */
  get farPorts(): readonly number[] {
    return [...this.#sockets].flatMap(({ localPort = 0 }) => (localPort === this.port ? [] : [localPort]));
  }

  cut(how: Cut): void {
    this.#cut = how;
    if (how === "refuse") this.#endAll();
  }

  /** What was swallowed is lost, and its connections end. */
  mend(): void {
    if (this.#cut === "swallow") this.#endAll();
    this.#cut = null;
  }

  async close(): Promise<void> {
    this.#endAll();
    this.#server.close();
    await once(this.#server, "close");
  }

  #pass(near: Socket, to: number): void {
    if (this.#cut === "refuse") {
      near.resetAndDestroy();
      return;
    }
    const far = connect(to, "127.0.0.1");
    for (const [from, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => undefined);
      from.on("data", (bytes) => {
        if (this.#cut === null) other.write(bytes);
      });
      from.on("close", () => {
        this.#sockets.delete(from);
        if (this.#cut !== "swallow") other.destroy();
      });
    }
  }

  #endAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}

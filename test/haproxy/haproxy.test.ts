import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { listenOps, type Trouble } from "../../src/http/ops.js";
import { Haproxy } from "../support/haproxy.js";

/** The two doors of a node: readiness as it is, and an API that says whose it is and then repeats what it hears. */
class Node {
  readonly troubles: Trouble[] = [];
  readonly sockets = new Set<Socket>();
  #api: Server | undefined;
  #ops: Awaited<ReturnType<typeof listenOps>> | undefined;

  async open(name: string): Promise<this> {
    const metrics = { contentType: "text/plain", text: () => Promise.resolve("secret_figure 1\n") };
    const troubles = (): Promise<Trouble[]> => Promise.resolve(this.troubles);
    this.#ops = await listenOps({ troubles, warnings: () => [], metrics }, 0);
    this.#api = createServer((socket) => {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.write(name);
      socket.pipe(socket);
    });
    this.#api.listen(0, "127.0.0.1");
    await once(this.#api, "listening");
    return this;
  }

  get port(): number {
    return (this.#api?.address() as AddressInfo).port;
  }

  get opsPort(): number {
    return this.#ops?.port ?? 0;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#api?.close();
    await this.#ops?.close();
  }
}

describe("HAProxy before the APIs of several nodes", function () {
  this.timeout(120_000);
  let nodes: Node[];
  let health: Haproxy[] = [];
  let balancer: Haproxy;
  let all: Haproxy[] = [];
  const open: Socket[] = [];

  beforeEach(async () => {
    nodes = [await new Node().open("a"), await new Node().open("b")];
    health = [];
    for (const { opsPort } of nodes) health.push(await Haproxy.health(opsPort));
    all = [...health];
    balancer = await Haproxy.balancer(
      nodes.map(({ port }, at) => ({ port, healthPort: health[at]?.port ?? 0 })),
    );
    all.push(balancer);
    await balancer.reaches("node1", "UP");
    await balancer.reaches("node2", "UP");
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy();
    await Promise.all(all.map((proxy) => proxy.stop()));
    await Promise.all(nodes.map((node) => node.close()));
  });

  async function connected(): Promise<{ socket: Socket; node: string }> {
    const socket = createConnection(balancer.port, "127.0.0.1");
    open.push(socket);
    return { socket, node: await said(socket) };
  }

  async function said(socket: Socket): Promise<string> {
    const [bytes] = (await once(socket, "data")) as [Buffer];
    return bytes.toString();
  }

  it("the shipped files are in order", async () => {
    expect(await Haproxy.complaints("haproxy.cfg")).to.equal("");
    expect(await Haproxy.complaints("node-health.cfg")).to.equal("");
  });

  it("new connections go to both nodes", async () => {
    const came = [await connected(), await connected(), await connected(), await connected()];
    expect(came.map(({ node }) => node).sort()).to.deep.equal(["a", "a", "b", "b"]);
  });

  it("a node that says 503 gets no new connection; one that stands goes on; it is back when it says 200", async () => {
    const first = await connected();
    const [its, at] = first.node === "a" ? ["node1", 0] : ["node2", 1];
    nodes[at]?.troubles.push("draining");
    await balancer.reaches(its, "DOWN");
    const later = [await connected(), await connected(), await connected()];
    expect(later.map(({ node }) => node)).not.to.include(first.node);
    first.socket.write("an event");
    expect(await said(first.socket)).to.equal("an event");
    nodes[at]?.troubles.pop();
    await balancer.reaches(its, "UP");
    expect((await connected()).node).to.equal(first.node);
  });

  it("of a node's health and metrics nothing but its readiness is told", async () => {
    const status = async (path: string, method = "GET"): Promise<number> =>
      (await fetch(`http://127.0.0.1:${String(health[0]?.port)}${path}`, { method })).status;
    expect(await status("/health/ready")).to.equal(200);
    for (const path of ["/metrics", "/health/live", "/health/ready/../../metrics", "//metrics"]) {
      expect(await status(path), path).to.equal(403);
    }
    expect(await status("/health/ready", "POST")).to.equal(403);
  });
});

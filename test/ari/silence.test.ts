import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { WebSocketAriConnection } from "../../src/ari/websocket/websocket-connection.js";
import { poll } from "../phones/waiting.js";
import { withoutDescriptors } from "../support/without-descriptors.js";

/** What the supervisor goes by: a wrong "silent" ends a healthy Asterisk with all its calls. */
describe("an Asterisk that is silent", () => {
  let server: Server;
  let link: WebSocketAriConnection | undefined;
  const taken = new Set<Socket>();

  beforeEach(async () => {
    server = createServer((socket) => taken.add(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    await link?.close();
    for (const socket of taken) socket.destroy();
    server.close();
  });

  const open = (): WebSocketAriConnection => {
    const { port } = server.address() as AddressInfo;
    link = new WebSocketAriConnection({
      url: `http://127.0.0.1:${port}`,
      username: "u",
      password: "p",
      application: "honnin",
      requestMs: 300,
      reconnectBaseMs: 10,
      reconnectCapMs: 20,
    });
    return link;
  };

  it("is one that takes a connection and says nothing on it", async () => {
    const opened = open();
    expect(opened.silent, "before it was asked").to.equal(false);
    await poll(() => Promise.resolve(opened.silent), 20_000, "silence");
  });

  for (const [what, answer] of [
    ["one that refuses", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"],
    ["one that hangs up", ""],
  ] as const) {
    it(`is not ${what}: what refuses lives`, async () => {
      server.on("connection", (socket) => {
        socket.once("data", () => socket.end(answer));
      });
      const opened = open();
      await poll(() => Promise.resolve(taken.size > 5), 20_000, "five more tries");
      expect(opened.silent).to.equal(false);
    });
  }

  it("is not one that nobody could ask, for want of descriptors", async () => {
    const opened = open();
    await poll(() => Promise.resolve(opened.silent), 20_000, "silence");
    await withoutDescriptors(() =>
      poll(() => Promise.resolve(!opened.silent), 20_000, "that it is known to be our own want"),
    );
  });
});

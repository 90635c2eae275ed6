import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { connect, type Socket } from "node:net";
import { expect } from "chai";
import express from "express";
import { type ConnectionCaps, knowPeer } from "../../src/http/connections.js";
import { type ApiServer, listen } from "../../src/http/server.js";
import { loadTlsPair, type TlsPair } from "../../src/http/tls.js";
import { tempDir } from "../support/temp-dir.js";

describe("the connections to the API", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let tls: TlsPair;
  let server: ApiServer;
  const open: { destroy(): void }[] = [];

  before(async () => {
    dir = await tempDir();
    tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
  });
  after(() => dir.remove());
  afterEach(async () => {
    for (const each of open.splice(0)) each.destroy();
    await server.close();
  });

  const serve = async (caps: ConnectionCaps): Promise<void> => {
    const app = express();
    app.get("/known", (incoming, response) => {
      knowPeer(incoming);
      response.end();
    });
    app.get("/stranger", (_incoming, response) => {
      response.end();
    });
    server = await listen(app, tls, "127.0.0.1", 0, undefined, caps);
  };
  /** One that never speaks; `gone` when it was closed. */
  const silent = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ port: server.port, host: "127.0.0.1", localAddress });
    socket.on("error", () => undefined);
    open.push(socket);
    await once(socket, "connect");
    return socket;
  };
  /** A client that keeps its one connection. */
  const client = (
    localAddress: string,
  ): { get: (path: string) => Promise<number>; sockets: Set<unknown> } => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(tls.certFile), localAddress });
    open.push(agent);
    const sockets = new Set<unknown>();
    const get = (path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const outgoing = request({ host: "127.0.0.1", port: server.port, path, agent }, (response) => {
          sockets.add(response.socket);
          response.resume();
          response.on("end", () => {
            resolve(response.statusCode ?? 0);
          });
        });
        outgoing.on("error", reject);
        outgoing.end();
      });
    return { get, sockets };
  };
  /** However it is told of the cut. */
  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      if (socket.closed) resolve();
      else
        socket.once("close", () => {
          resolve();
        });
    });

  it("make room for one who comes later: the oldest that never spoke goes, and no other", async () => {
    await serve({ total: 4, perAddress: 4 });
    const sockets = [];
    for (let n = 0; n < 4; n++) sockets.push(await silent("127.0.0.2"));
    expect(await client("127.0.0.3").get("/stranger")).to.equal(200);
    await closed(sockets[0]!);
    expect(sockets.slice(1).map((socket) => socket.closed)).to.deep.equal([false, false, false]);
  });

  it("are few from one address: its own oldest goes, and nobody else's", async () => {
    await serve({ total: 10, perAddress: 2 });
    const other = await silent("127.0.0.3");
    const sockets = [];
    for (let n = 0; n < 4; n++) sockets.push(await silent("127.0.0.2"));
    await Promise.all([closed(sockets[0]!), closed(sockets[1]!)]);
    expect([...sockets.slice(2), other].map((socket) => socket.closed)).to.deep.equal([false, false, false]);
  });

  it("stay where somebody has shown a key, whoever comes", async () => {
    await serve({ total: 4, perAddress: 4 });
    const known = client("127.0.0.3");
    expect(await known.get("/known")).to.equal(200);
    for (let n = 0; n < 20; n++) await silent("127.0.0.2");
    expect(await known.get("/known")).to.equal(200);
    expect(known.sockets.size, "on the same connection").to.equal(1);
  });

  it("go from the address that has most of them first", async () => {
    await serve({ total: 6, perAddress: 6 });
    const first = await silent("127.0.0.3");
    const crowd = [];
    for (let n = 0; n < 5; n++) crowd.push(await silent("127.0.0.2"));
    await silent("127.0.0.4");
    await closed(crowd[0]!);
    expect([first.closed, crowd[1]!.closed]).to.deep.equal([false, false]);
  });
});

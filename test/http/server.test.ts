import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import express from "express";
import { type ApiServer, listen } from "../../src/http/server.js";
import { loadTlsPair, type TlsPair } from "../../src/http/tls.js";
import { HttpsClient } from "../support/https-client.js";
import { tempDir } from "../support/temp-dir.js";

describe("the HTTPS server", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let tls: TlsPair;
  let server: ApiServer;

  beforeEach(async () => {
    dir = await tempDir();
    tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    const app = express().get("/", (_request, response) => {
      response.end();
    });
    server = await listen(app, tls, "127.0.0.1", 0, (_request, socket) => {
      socket.on("error", () => undefined);
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n");
    });
  });
  afterEach(() => dir.remove());

  const overTls = async (request: string): Promise<Socket> => {
    const socket = connectTls({ host: "127.0.0.1", port: server.port, ca: readFileSync(tls.certFile) });
    await once(socket, "secureConnect");
    socket.write(request);
    return socket;
  };

  it("stops, whatever is left unfinished: a handshake, a request, a WebSocket", async () => {
    const silent = connect(server.port, "127.0.0.1");
    await once(silent, "connect");
    const half = await overTls("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345");
    const upgraded = await overTls(
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n",
    );
    await once(upgraded, "data");
    // Connected came before taken: whoever came later is answered, so those before have been taken.
    const client = new HttpsClient(`https://127.0.0.1:${server.port}`, "", tls.certFile);
    expect((await client.get("/")).status).to.equal(200);
    client.close();
    const cutOff = [silent, half, upgraded].map(
      (socket) =>
        new Promise<void>((resolve) => {
          // How it is told of the cut is the system's choice.
          socket.on("error", () => undefined);
          socket.on("close", () => {
            resolve();
          });
        }),
    );
    await server.close();
    await Promise.all(cutOff);
  });
});

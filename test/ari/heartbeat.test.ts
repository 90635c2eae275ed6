import { expect } from "chai";
import { once } from "node:events";
import { createServer, connect } from "node:net";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { Heartbeat } from "../../src/ari/heartbeat.js";
import { PATIENCE_MS } from "../phones/waiting.js";

const PONG_MS = 50;

/** Answers whatever it is sent, in a thread of its own: the event loop of the test may stand still. */
const ECHO = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`;

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe("a heartbeat", () => {
  it("hears an answer that lay in the socket while the event loop stood still past its time", async () => {
    const echo = new Worker(ECHO, { eval: true });
    const [port] = (await once(echo, "message")) as [number];
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    let [pongs, silent] = [0, false];
    const heartbeat = new Heartbeat({
      pingEveryMs: 10,
      pongMs: PONG_MS,
      ping: () => {
        socket.write("ping");
        // The answer comes meanwhile, and its time is over when the loop goes on.
        if (pongs === 0) setImmediate(standStill, 4 * PONG_MS);
      },
      onSilence: () => {
        silent = true;
        socket.destroy();
      },
    });
    socket.on("data", () => {
      pongs += 1;
      heartbeat.pong();
    });
    try {
      const ended = once(socket, "close").then(() => "gone");
      const heard = once(socket, "data", { signal: AbortSignal.timeout(PATIENCE_MS) }).then(() => "heard");
      expect(await Promise.race([ended, heard])).to.equal("heard");
      expect(silent).to.equal(false);
    } finally {
      heartbeat.stop();
      socket.destroy();
      await echo.terminate();
    }
  });

  it("tells once of an other side that does not answer", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    let silences = 0;
    try {
      await new Promise<void>((resolve) => {
        new Heartbeat({
          pingEveryMs: 10,
          pongMs: PONG_MS,
          ping: () => socket.write("ping"),
          onSilence: () => {
            silences += 1;
            resolve();
          },
        });
      });
      expect(silences).to.equal(1);
    } finally {
      socket.destroy();
      server.close();
    }
  });
});

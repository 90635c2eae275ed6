import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { PatientTimer } from "../../src/telephony/patient-timer.js";

/** Writes one byte to a port as soon as it is told to, from a thread that nothing holds up; says so in `flags`. */
const WRITER = `
  const { workerData } = require("node:worker_threads");
  const socket = require("node:net").connect(workerData.port, "127.0.0.1", () => {
    Atomics.wait(workerData.flags, 0, 0);
    socket.write("5", () => { Atomics.store(workerData.flags, 1, 1); Atomics.notify(workerData.flags, 1); });
  });
`;

describe("the wait for a key", () => {
  it("takes a key that came in time, though the loop was held up until after it", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const writer = new Worker(WRITER, { eval: true, workerData: { port: address.port, flags } });
    const [line] = (await once(server, "connection")) as [Socket];
    const happened: string[] = [];
    const timer = new PatientTimer();
    const over = new Promise<void>((resolve) => {
      line.once("data", () => {
        happened.push("key");
        timer.clear();
        resolve();
      });
      timer.set(1, () => {
        happened.push("waited in vain");
        resolve();
      });
    });
    Atomics.store(flags, 0, 1);
    Atomics.notify(flags, 0);
    // The loop stands still until the key has come and the time is up.
    Atomics.wait(flags, 1, 0);
    for (const since = performance.now(); performance.now() - since < 20;);
    await over;
    await writer.terminate();
    line.destroy();
    server.close();
    expect(happened).to.deep.equal(["key"]);
  });

  it("ends when nothing comes, and not when it was ended before", async () => {
    const timer = new PatientTimer();
    let ended = 0;
    timer.set(1, () => (ended += 10));
    await new Promise<void>((resolve) => {
      timer.set(5, () => {
        ended += 1;
        resolve();
      });
    });
    expect(ended).to.equal(1);
  });
});

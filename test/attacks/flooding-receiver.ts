import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What a receiver sends after each request, again and again: `first` once, then `more` without end. */
export interface Flood {
  readonly first: string;
  readonly more: string;
  /** Between two pieces of `more`, milliseconds; 0: as fast as they are taken. */
  readonly everyMs: number;
}

const SCRIPT = `
  const { createServer } = require("node:net");
  const { parentPort, workerData: { first, more, everyMs } } = require("node:worker_threads");
  let sent = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(first);
      const piece = Buffer.from(everyMs > 0 ? more : more.repeat(Math.ceil(16384 / more.length)));
      const go = () => {
        if (socket.destroyed) return;
        sent += 1;
        const room = socket.write(piece);
        if (everyMs > 0) setTimeout(go, everyMs);
        else if (room) setImmediate(go);
        else socket.once("drain", go);
      };
      go();
    });
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

/** A receiver of webhooks that never ends its answer, in a thread of its own: the attacker's work is not ours. */
export async function startFlood(flood: Flood): Promise<{ readonly url: string; stop(): Promise<number> }> {
  const worker = new Worker(SCRIPT, { eval: true, workerData: flood });
  const [port] = (await once(worker, "message")) as [number];
  return { url: `http://127.0.0.1:${port}/hook`, stop: () => worker.terminate() };
}

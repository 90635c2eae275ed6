import { parentPort, workerData } from "node:worker_threads";
import { countUsage } from "../count-usage.js";
import type { MeterAnswer, MeterQuestion } from "./meter.js";
import { sqliteAt } from "./sqlite-database.js";

/** The thread in which the meter is read, see {@link Meter}: one question after another. */
const port = parentPort;
if (port === null) throw new Error("this is the body of a worker thread");
const { reader } = await sqliteAt(workerData as string).openToRead();

let last: Promise<void> = Promise.resolve();
port.on("message", ({ id, reading }: MeterQuestion) => {
  last = last.then(async () => {
    const { clientId, from, to, includedCalls } = reading;
    const answer = await countUsage(reader, clientId, { from, to }, includedCalls).then(
      (counts): MeterAnswer => ({ id, counts }),
      (error: unknown): MeterAnswer => ({ id, why: error instanceof Error ? error.message : String(error) }),
    );
    port.postMessage(answer);
  });
});

import { parentPort, workerData } from "node:worker_threads";
import { countStatistics } from "../count-statistics.js";
import { countUsage } from "../count-usage.js";
import type { MeterAnswer, MeterQuestion } from "./meter-thread.js";
import { sqliteAt } from "./sqlite-database.js";

/** The thread in which is counted, see {@link MeterThread}: one question after another. */
const port = parentPort;
if (port === null) throw new Error("this is the body of a worker thread");
const { reader } = await sqliteAt(workerData as string).openToRead();

let last: Promise<void> = Promise.resolve();
port.on("message", ({ id, question }: { readonly id: number; readonly question: MeterQuestion }) => {
  last = last.then(async () => {
    const answer = await counted(question).then(
      (counts): MeterAnswer => ({ id, counts }),
      (error: unknown): MeterAnswer => ({ id, why: error instanceof Error ? error.message : String(error) }),
    );
    port.postMessage(answer);
  });
});

function counted(question: MeterQuestion): Promise<unknown> {
  switch (question.kind) {
    case "usage": {
      const { clientId, from, to, includedCalls } = question;
      return countUsage(reader, clientId, { from, to }, includedCalls);
    }
    case "statistics": {
      const { clientId, from, to, step, now } = question;
      return countStatistics(reader, { from, to, step }, clientId, now);
    }
  }
}

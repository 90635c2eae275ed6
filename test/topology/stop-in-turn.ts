import { setTimeout as delay } from "node:timers/promises";
import type { Company } from "./company.js";
import { now } from "./crowd-call.js";
import type { TopologyNode } from "./node.js";
import type { Topology } from "./topology.js";

const MOST_TRIES = 300;
const AT_ONCE = 8;
/** Long enough for it to take its turn. */
const LET_GO_MS = 7;

/**
 * Stops a node in the middle of a transaction, when nobody else may write.
 *
 * @returns when it was stopped, epoch milliseconds.
 */
export async function stopInTurn(topology: Topology, node: TopologyNode, company: Company): Promise<number> {
  let stopped = false;
  const busy = Array.from({ length: AT_ONCE }, async () => {
    while (!stopped) await company.register("busy", {}, topology.nodes);
  });
  try {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const since = now();
      node.service.signal("SIGSTOP");
      if (await hasTurn(topology, node)) return since;
      node.service.signal("SIGCONT");
      await delay(LET_GO_MS);
    }
    throw new Error("it was never its turn");
  } finally {
    stopped = true;
    await Promise.all(busy);
  }
}

async function hasTurn(topology: Topology, { gate }: TopologyNode): Promise<boolean> {
  const ports = gate.farPorts.join(",");
  const rows = await topology.ask(
    `select 1 from pg_stat_activity a join pg_locks l on l.pid = a.pid
       where a.client_port in (${ports}) and l.locktype = 'advisory' and l.mode = 'ExclusiveLock' and l.granted
         and a.state = 'idle in transaction' and l.objid = 1 and l.classid = ${String(0x686f6e6e)}`,
  );
  return rows.length > 0;
}

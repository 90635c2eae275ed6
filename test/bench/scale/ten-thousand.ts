import { setTimeout as delay } from "node:timers/promises";
import { Company } from "../../topology/company.js";
import { attemptsIn, mostInASecond, unaccounted } from "../../topology/evidence.js";
import { endedOtherwise, LOADED, over, registerAll, TRUNK } from "../../topology/load.js";
import { Topology } from "../../topology/topology.js";
import type { Table } from "../bench.js";
import { count, tenth } from "../figures.js";
import { partsOf } from "./nodes-in-steps.js";
import { type Used, usageOf, usedBetween } from "./part-usage.js";

export const COUNT = 10_000;

export const HOW_THOUSANDS = `At the end many verifications over three nodes at once, the carrier's people as in the tests: of twenty nine busy, four unreachable, four that key, one that keys wrong, one that hangs up, one that declines. They are registered as fast as the nodes take them; the trunk allows ${String(TRUNK.callsPerSecond)} new calls a second and ${String(TRUNK.callsAtOnce)} at one time, of all nodes together.`;

/** So that none expires while it waits for the trunk. */
const MOST_WAITING = 2_000;
const LOOK_MS = 20;
const PATIENCE_MS = 1_200_000;

/** Registered as fast as three nodes take them, called as fast as the trunk allows. */
export async function callThousands(calls: number, progress: (line: string) => void): Promise<Table> {
  const topology = await Topology.start({ settings: LOADED, isDirect: true });
  const company = new Company(topology.nodes, topology.key);
  try {
    const parts = await partsOf(topology);
    const before = usageOf(parts);
    const reporting = setInterval(() => {
      progress(`  ${count(topology.crowd.calls.length)} of ${count(calls)} called`);
    }, 30_000);
    await registerAll(company, calls, async (nth) => {
      while (nth - topology.crowd.calls.length > MOST_WAITING) await delay(LOOK_MS);
    });
    await over(topology, PATIENCE_MS).finally(() => {
      clearInterval(reporting);
    });
    const used = usedBetween(before, usageOf(parts), parts);
    return await table(topology, company, calls, used);
  } finally {
    company.close();
    await topology.stop();
  }
}

async function table(topology: Topology, company: Company, calls: number, used: Used): Promise<Table> {
  const { crowd } = topology;
  const attempts = await attemptsIn(topology);
  const dialled = new Map<string, number>();
  for (const { number } of crowd.calls) dialled.set(number, (dialled.get(number) ?? 0) + 1);
  const notOnce = [...company.asked.keys()].filter((number) => dialled.get(number) !== 1).length;
  const shares = topology.nodes.map(
    ({ name }) => `${name} ${count(attempts.filter(({ node }) => node === name).length)}`,
  );
  const costs = [...used.parts].map(([part, ms]) => `${part} ${(ms / calls).toFixed(1)}`);
  return {
    title: `${count(calls)} verifications over three nodes`,
    columns: ["", "seen", "allowed or wanted"],
    rows: [
      ["acknowledged", company.acknowledged.length, calls],
      ["INVITEs at the carrier", crowd.calls.length, calls],
      ["numbers that were not dialled exactly once", notOnce, 0],
      [
        "INVITEs without an attempt of their own",
        unaccounted(crowd.calls, attempts, company.asked).length,
        0,
      ],
      [
        "ended otherwise than those who were called would have it",
        (await endedOtherwise(topology, company)).length,
        0,
      ],
      ["most INVITEs in any second", mostInASecond(crowd.calls), TRUNK.callsPerSecond],
      ["most calls at one time", crowd.most, TRUNK.callsAtOnce],
      ["calls by node", shares.join(", "), "all of them"],
      [
        "seconds, from the first registration to the last end",
        tenth(used.seconds),
        `${tenth(calls / TRUNK.callsPerSecond)} at least`,
      ],
      ["CPU milliseconds a verification", costs.join(", "), ""],
      ["both cores busy, %", Math.round(used.busy * 100), ""],
    ],
  };
}

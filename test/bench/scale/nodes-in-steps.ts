import { Company } from "../../topology/company.js";
import { now } from "../../topology/crowd-call.js";
import { Listener } from "../../topology/listener.js";
import { slowPoll } from "../../topology/slow-poll.js";
import { Topology } from "../../topology/topology.js";
import { atRate } from "../calls/contender.js";
import { percentile } from "../percentiles.js";
import { DatabaseWaits, type Waits } from "./database-waits.js";
import { DISTURBED, quiet } from "./quiet.js";
import { type Parts, type Usage, type Used, usageOf, usedBetween } from "./part-usage.js";

/** Calls a second, until one is too many. */
const RATES = [10, 20, 30, 40, 50, 60, 70, 80, 100, 120, 140, 160];
const STEP_SECONDS = 8;
const WARM_UP = { rate: 10, calls: 150 };
/** A step that goes wrong has another try, and more while it is the others on the machine that may have done it. */
const TRIES = { quiet: 2, disturbed: 5 };
/** It goes well while of a hundred calls one at most is made later than that after it was asked for, milliseconds. */
export const INVITED_WITHIN_MS = 1_000;
/** And while the last registration is that late at most. */
const LATE_ALLOWED_S = 1;
const LONGEST_MS = 60_000;

/** So many calls a second over so many nodes. */
export interface Step {
  readonly nodes: number;
  readonly rate: number;
  readonly calls: number;
  /** Empty: all went well. */
  readonly troubles: readonly string[];
  /** POST to INVITE at the carrier, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** From the first registration to the end of the last call: what a call costs. */
  readonly whole: Used;
  /** Until the last registration only: how full it was. */
  readonly during: Used;
  readonly waits: Waits;
}

interface Running {
  readonly topology: Topology;
  readonly company: Company;
  readonly parts: Parts;
}

/** Steps up to the first that goes wrong, that one too. @param most calls a step. */
export async function climb(
  nodes: number,
  most: number | undefined,
  progress: (line: string) => void,
): Promise<Step[]> {
  const settings = { HONNIN_TRUNK_MAX_CPS: "1000", HONNIN_TRUNK_MAX_CALLS: "5000" };
  const topology = await Topology.start({ nodes, settings, isDirect: true });
  const company = new Company(topology.nodes, topology.key);
  const listeners = topology.nodes.map((_, at) => new Listener(topology.nodes, topology.key, at));
  try {
    for (const listener of listeners) await listener.open();
    const running = { topology, company, parts: await partsOf(topology) };
    await stepAt(running, WARM_UP.rate, Math.min(WARM_UP.calls, most ?? Infinity));
    const steps: Step[] = [];
    for (const rate of RATES) {
      const calls = Math.min(rate * STEP_SECONDS, most ?? Infinity);
      const step = await inTries(() => stepAt(running, rate, calls));
      steps.push(step);
      progress(`  ${described(step)}`);
      if (step.troubles.length > 0) break;
    }
    return steps;
  } finally {
    for (const listener of listeners) listener.close();
    company.close();
    await topology.stop();
  }
}

async function inTries(attempt: () => Promise<Step>): Promise<Step> {
  let inQuiet = 0;
  for (let tries = 1; ; tries += 1) {
    await quiet();
    const step = await attempt();
    if (step.during.others < DISTURBED) inQuiet += 1;
    if (step.troubles.length === 0 || inQuiet === TRIES.quiet || tries === TRIES.disturbed) return step;
  }
}

export async function partsOf({ nodes, database, kamailio }: Topology): Promise<Parts> {
  const [server = -1] = await database.processes();
  return {
    Honnin: nodes.map((node) => node.service.pid),
    Asterisk: nodes.map((node) => node.asterisk),
    PostgreSQL: [server],
    Kamailio: [kamailio.pid],
    "carrier and bench": [process.pid],
  };
}

async function stepAt({ topology, company, parts }: Running, rate: number, calls: number): Promise<Step> {
  const firstCall = topology.crowd.calls.length;
  const posted = new Map<string, number>();
  const refused: string[] = [];
  const turnedAway = company.turnedAway;
  const waits = await DatabaseWaits.begin(topology.databaseUrl);
  const begun = usageOf(parts);
  await atRate(Array.from({ length: calls }), rate, async () => {
    const at = now();
    try {
      posted.set((await company.register("keys", { expires_in: 300 })).number, at);
    } catch (error) {
      refused.push(String(error));
    }
  });
  const registered = usageOf(parts);
  const seen = await waits.end();
  const ends = await endsOf(topology, calls);
  const used = usagesOf(parts, begun, registered);
  const invited = topology.crowd.calls.slice(firstCall);
  const delays = invited.map(({ number, invitedAt }) => invitedAt - (posted.get(number) ?? NaN));
  const p99 = percentile(delays.filter(Number.isFinite), 99);
  const late = used.during.seconds - calls / rate;
  const troubles = [
    ...ends,
    ...(refused.length > 0 ? [`${String(refused.length)} refused`] : []),
    ...(company.turnedAway > turnedAway ? [`${String(company.turnedAway - turnedAway)} answered 503`] : []),
    ...(invited.length === calls ? [] : [`${String(invited.length)} INVITEs`]),
    ...(late > LATE_ALLOWED_S ? [`registered ${late.toFixed(1)} s late`] : []),
    ...(p99 > INVITED_WITHIN_MS ? [`POST to INVITE ${p99.toFixed(0)} ms at p99`] : []),
  ];
  const p50 = percentile(delays.filter(Number.isFinite), 50);
  return { nodes: topology.nodes.length, rate, calls, troubles, p50, p99, ...used, waits: seen };
}

function usagesOf(parts: Parts, begun: Usage, registered: Usage): Pick<Step, "whole" | "during"> {
  return {
    whole: usedBetween(begun, usageOf(parts), parts),
    during: usedBetween(begun, registered, parts),
  };
}

/** Waits until all is over. @returns what of the latest so many verifications did not end verified, by its state. */
async function endsOf(topology: Topology, latest: number): Promise<string[]> {
  const isOver = async (): Promise<boolean> => {
    const [row] = await topology.ask<{ open: number }>(
      `select (select count(*) from verifications where completed_at is null)::int
         + (select count(*) from attempts where ended_at is null)::int as open`,
    );
    return row?.open === 0;
  };
  await slowPoll(isOver, LONGEST_MS, "the end of the calls").catch(() => undefined);
  const rows = await topology.ask<{ status: string; reason: string | null; count: number }>(
    `select status, reason, count(*)::int as count
       from (select status, reason from verifications order by seq desc limit ${String(latest)}) as latest
       where status <> 'verified' group by status, reason`,
  );
  return rows.map(({ status, reason, count }) => `${String(count)} ${status} ${reason ?? ""}`.trim());
}

function described({ nodes, rate, troubles, during, p99 }: Step): string {
  const how = troubles.length === 0 ? "well" : troubles.join("; ");
  const full = `${(during.busy * 100).toFixed(0)} % busy`;
  return `${String(nodes)} nodes, ${String(rate)} a second: ${how}; ${full}, POST to INVITE p99 ${p99.toFixed(0)} ms`;
}

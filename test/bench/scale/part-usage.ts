import { readdirSync, readFileSync } from "node:fs";

/** Ticks of /proc times: USER_HZ is 100 on every Linux that Node runs on (proc(5)). */
const MS_PER_TICK = 10;

/** What a whole consists of: of each part the processes that have made all its others. */
export type Parts = Readonly<Record<string, readonly number[]>>;

/** CPU milliseconds so far. */
export interface Usage {
  readonly at: number;
  /** By the names of the parts. */
  readonly parts: ReadonlyMap<string, number>;
  /** Of each process named, with what it has made: of one thread that does nearly all of it, it tells how full it is. */
  readonly roots: ReadonlyMap<number, number>;
  /** Of the whole machine, and what it could have given. */
  readonly busy: number;
  readonly total: number;
}

interface Process {
  readonly parent: number;
  readonly cpuMs: number;
}

/** A process counts for the nearest of those named above it, and with it what its ended children have used. */
export function usageOf(parts: Parts): Usage {
  const processes = allProcesses();
  const named = new Set(Object.values(parts).flat());
  const roots = new Map([...named].map((pid) => [pid, 0]));
  for (const [pid, { cpuMs }] of processes) {
    const root = nearest(pid, named, processes);
    if (root !== undefined) roots.set(root, (roots.get(root) ?? 0) + cpuMs);
  }
  const sums = Object.entries(parts).map(
    ([name, pids]) => [name, pids.reduce((sum, pid) => sum + (roots.get(pid) ?? 0), 0)] as const,
  );
  return { at: performance.now(), parts: new Map(sums), roots, ...machine() };
}

/** What was used between two looks. */
export interface Used {
  readonly seconds: number;
  /** CPU milliseconds by the names of the parts. */
  readonly parts: ReadonlyMap<string, number>;
  /** Of one core, 0 to 1, by part: the fullest process of it. */
  readonly fullest: ReadonlyMap<string, number>;
  /** Of all cores, 0 to 1. */
  readonly busy: number;
  /** Of all cores, 0 to 1: what is none of the parts, the kernel's own work included. */
  readonly others: number;
}

export function usedBetween(before: Usage, after: Usage, parts: Parts): Used {
  const ms = after.at - before.at;
  const used = new Map([...after.parts].map(([name, at]) => [name, at - (before.parts.get(name) ?? 0)]));
  const share = (pid: number): number => ((after.roots.get(pid) ?? 0) - (before.roots.get(pid) ?? 0)) / ms;
  const busy = after.busy - before.busy;
  const total = after.total - before.total;
  const ours = [...used.values()].reduce((sum, part) => sum + part, 0);
  return {
    seconds: ms / 1000,
    parts: used,
    fullest: new Map(Object.entries(parts).map(([name, pids]) => [name, Math.max(0, ...pids.map(share))])),
    busy: busy / total,
    others: Math.max(0, busy - ours) / total,
  };
}

function allProcesses(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // "pid (name) state parent …": a name may hold blanks and brackets. Its own times, and its ended children's.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      found.set(Number(name), { parent: Number(fields[1]), cpuMs: ticks * MS_PER_TICK });
    } catch {
      // It has ended.
    }
  }
  return found;
}

function nearest(
  from: number,
  named: ReadonlySet<number>,
  processes: ReadonlyMap<number, Process>,
): number | undefined {
  for (let pid: number | undefined = from; pid !== undefined && pid > 0; pid = processes.get(pid)?.parent) {
    if (named.has(pid)) return pid;
  }
  return undefined;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal (proc(5)). */
function machine(): { busy: number; total: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = ticks.reduce((sum, tick) => sum + tick, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: (total - idle) * MS_PER_TICK, total: total * MS_PER_TICK };
}

import { readFile } from "node:fs/promises";
import { hostNameTrouble } from "../../asterisk/host-name.js";
import { runBounded } from "../../run-bounded.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { MACHINE_FINDINGS } from "./machine-findings.js";

type Seen = FoundIn<typeof MACHINE_FINDINGS>;

const OLDEST_NODE = [22, 15] as const;
/** A connection of a client each, a file each for prompts and database, and those of Asterisk, which inherits it. */
const FEWEST_DESCRIPTORS = 4_096;
/** A call of Asterisk's has a thread of its own. */
const FEWEST_PROCESSES = 1_024;
/** Service and Asterisk take 300 together; what a process has set aside and does not use counts with it. */
const LEAST_MEGABYTES = 512;
const LEAST_DATA_MEGABYTES = 1_024;
const RUN = { deadlineMs: 5_000, maxBytes: 10_000 };

/** What the machine allows and gives. */
export const machineGroup = group(
  { ja: "このマシン", en: "This machine" },
  MACHINE_FINDINGS,
  async (patient) => [
    ...node(patient),
    ...(await limits(patient)),
    ...(await memory()),
    ...(await realTime(patient)),
    ...(await clock()),
    ...(await name()),
  ],
);

function node({ standing }: Patient): Seen[] {
  const version = standing?.node ?? process.version;
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number);
  const [oldest, since] = OLDEST_NODE;
  return major < oldest || (major === oldest && minor < since) ? [{ id: "node-old", seen: version }] : [];
}

/** Of the service where one runs, else of what would be started from here. */
async function limits({ pid }: Patient): Promise<Seen[]> {
  const text = await readFile(`/proc/${pid === null ? "self" : String(pid)}/limits`, "utf8").catch(() => "");
  const soft = (limit: string): number => {
    const said = new RegExp(`^${limit}\\s+(\\d+)`, "m").exec(text)?.[1];
    return said === undefined ? Infinity : Number(said);
  };
  const found: Seen[] = [];
  const descriptors = soft("Max open files");
  if (descriptors < FEWEST_DESCRIPTORS)
    found.push({ id: "descriptors-few", seen: `nofile: ${String(descriptors)}` });
  const processes = soft("Max processes");
  if (processes < FEWEST_PROCESSES) found.push({ id: "processes-few", seen: `nproc: ${String(processes)}` });
  const megabytes = Math.min(soft("Max data size"), soft("Max resident set")) / 2 ** 20;
  if (megabytes < LEAST_DATA_MEGABYTES) {
    found.push({ id: "memory-limited", seen: `${String(Math.floor(megabytes))} MB` });
  }
  return found;
}

async function memory(): Promise<Seen[]> {
  const told = await readFile("/proc/meminfo", "utf8").catch(() => "");
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(told)?.[1];
  const group = Number(await readFile("/sys/fs/cgroup/memory.max", "utf8").catch(() => "max"));
  const found: Seen[] = [];
  if (available !== undefined && Number(available) / 1024 < LEAST_MEGABYTES / 4) {
    found.push({
      id: "memory-short",
      seen: `MemAvailable: ${String(Math.floor(Number(available) / 1024))} MB`,
    });
  }
  if (Number.isFinite(group) && group / 2 ** 20 < LEAST_MEGABYTES) {
    found.push({ id: "memory-limited", seen: `memory.max: ${String(Math.floor(group / 2 ** 20))} MB` });
  }
  return found;
}

/** Whether Asterisk is served at once: of the one that runs, else whether the system would permit it. */
async function realTime({ standing, settings }: Patient): Promise<Seen[]> {
  if (settings?.ownAsterisk !== null) return [];
  const pid = standing?.asterisk?.pid ?? null;
  if (pid !== null) {
    const policy = await runBounded("chrt", ["--pid", String(pid)], RUN).catch(() => null);
    if (policy?.code !== 0) return [];
    const said = policy.stdout.toString().split("\n")[0] ?? "";
    return said.includes("SCHED_RR") ? [] : [{ id: "real-time-missing", seen: said }];
  }
  const tried = await runBounded("chrt", ["--rr", "10", "true"], RUN).catch(() => null);
  return tried?.code === 0 ? [] : [{ id: "real-time-missing", seen: tried?.stderr ?? "chrt: ENOENT" }];
}

/** Only what the system itself says of its clock: nobody outside is asked. */
async function clock(): Promise<Seen[]> {
  const said = await runBounded("timedatectl", ["show", "--property=NTPSynchronized"], RUN).catch(() => null);
  const text = said?.code === 0 ? said.stdout.toString().trim() : "";
  return text === "NTPSynchronized=no" ? [{ id: "clock-not-synchronized", seen: text }] : [];
}

async function name(): Promise<Seen[]> {
  const trouble = await hostNameTrouble();
  return trouble === null ? [] : [{ id: "host-name-unknown", seen: trouble.split(";")[0] ?? trouble }];
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freeUdpPort, freeUdpPorts } from "../../phones/ports.js";
import { sippProgram } from "../../phones/programs.js";
import { writeKeysPcap } from "../../phones/dtmf-pcap.js";
import { isBound } from "../../phones/sipp-process.js";
import { poll } from "../../phones/waiting.js";
import { HANG_UP_AFTER_MS, KEY_TIMING, KEYS, KEYS_AFTER_MS } from "./conversation.js";

interface LoadResult extends Counts {
  /** SIPp's first complaints. */
  readonly errors: string;
}

/** SIPp's counts of the last whole second. */
interface Counts {
  readonly successful: number;
  readonly failed: number;
  /** The most calls that there were at one time, as far as seen once a second. */
  readonly mostAtOnce: number;
  /** Until the last call was begun, whole seconds. */
  readonly begunWithinS: number;
}

/** People on telephones, one SIPp. */
export interface Load {
  /** Resolves when every call has ended. */
  readonly done: Promise<LoadResult>;
  readonly port: number;
  /** How it goes; while calls are made only. */
  counts(): Promise<Counts>;
  stop(): void;
}

/** SIPp ends by itself that long after its last call should have begun. */
const LONGEST_CALL_S = 600;

interface Common {
  readonly calls: number;
  /** From the answer to their first key; {@link KEYS_AFTER_MS} unless told. */
  readonly keysAfterMs?: number;
  /** From the beginning of the keys to their hang-up; {@link HANG_UP_AFTER_MS} unless told. */
  readonly hangUpAfterMs?: number;
  /** Where the people are called; a free port unless told. */
  readonly port?: number;
}

/** People who call a DID, `rate` of them a second, each from a number of its own. */
export function startCallers(
  options: Common & {
    readonly rate: number;
    readonly did: string;
    readonly sipPort: number;
    readonly numbers: readonly string[];
  },
): Promise<Load> {
  const { calls, rate, did, sipPort, numbers } = options;
  const timeout = Math.ceil(calls / rate) + LONGEST_CALL_S;
  return start("caller.xml", options, { to: did }, async (folder) => {
    const file = path.join(folder, "numbers.csv");
    await writeFile(file, `SEQUENTIAL\n${numbers.map((number) => `${number};`).join("\n")}\n`);
    return [`127.0.0.1:${sipPort}`, "-r", String(rate), "-inf", file, "-timeout", `${timeout}s`];
  });
}

/** The trunk, with people behind it who answer whatever number is called. */
export function startCalled(options: Common): Promise<Load> {
  return start("called.xml", options, {}, () => Promise.resolve(["-timeout", `${LONGEST_CALL_S}s`]));
}

async function start(
  scenario: string,
  { calls, keysAfterMs = KEYS_AFTER_MS, hangUpAfterMs = HANG_UP_AFTER_MS, port: wanted }: Common,
  values: Readonly<Record<string, string>>,
  extra: (folder: string) => Promise<readonly string[]>,
): Promise<Load> {
  const folder = await mkdtemp(path.join(tmpdir(), "honnin-load-"));
  const pcap = path.join(folder, "keys.pcap");
  await writeKeysPcap(pcap, KEYS, KEY_TIMING);
  const template = await readFile(new URL(`scenarios/${scenario}`, import.meta.url), "utf8");
  const known: Readonly<Record<string, string>> = {
    ...values,
    pcap,
    key_delay_ms: String(keysAfterMs),
    hang_up_after_ms: String(hangUpAfterMs),
  };
  const scenarioFile = path.join(folder, scenario);
  await writeFile(
    scenarioFile,
    template.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => known[name] ?? ""),
  );
  const program = await sippProgram();
  const port = wanted ?? (await freeUdpPort());
  const media = await freeUdpPorts(4);
  const statistics = path.join(folder, "statistics.csv");
  const errors = path.join(folder, "errors.log");
  const child = spawn(
    program.file,
    [
      ...program.args,
      ...["-sf", scenarioFile, "-i", "127.0.0.1", "-p", String(port), "-mp", String(media)],
      ...["-ci", "127.0.0.1", "-cp", String(await freeUdpPort()), "-m", String(calls), "-l", "5000"],
      ...["-nostdin", "-trace_stat", "-stf", statistics, "-fd", "1"],
      ...["-trace_err", "-error_file", errors],
      ...["-watchdog_minor_maxtriggers", "100000", "-watchdog_major_maxtriggers", "100000"],
      ...(await extra(folder)),
    ],
    { cwd: folder, env: { TERM: "dumb", ...process.env, ...program.env }, stdio: "ignore" },
  );
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);
  // From then on no call is lost.
  const listens = (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`SIPp ended with ${child.exitCode} before it was ready`);
    return Promise.resolve(isBound(port));
  };
  await poll(listens, 10_000, `SIPp to bind port ${port}`);
  const done = once(child, "exit").then(async () => {
    process.off("exit", kill);
    const result = {
      ...(await readCounts(statistics)),
      errors: await readFile(errors, "utf8").then(
        (text) => text.slice(0, 600),
        () => "",
      ),
    };
    await rm(folder, { recursive: true, force: true });
    return result;
  });
  return { done, port, counts: () => readCounts(statistics), stop: kill };
}

/** Out of SIPp's statistics, to which it adds a line a second; its counts are cumulative. */
async function readCounts(file: string): Promise<Counts> {
  const [header = "", ...lines] = (await readFile(file, "utf8")).trim().split("\n");
  const names = header.split(";");
  // The last line may be on its way.
  const rows = lines.map((line) => line.split(";")).filter((row) => row.length >= names.length);
  const count = (row: readonly string[] | undefined, name: string): number =>
    Number(row?.[names.indexOf(name)] ?? 0);
  return {
    successful: count(rows.at(-1), "SuccessfulCall(C)"),
    failed: count(rows.at(-1), "FailedCall(C)"),
    mostAtOnce: rows.reduce((most, row) => Math.max(most, count(row, "CurrentCall")), 0),
    begunWithinS:
      1 + rows.findIndex((row) => count(row, "TotalCallCreated") === count(rows.at(-1), "TotalCallCreated")),
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { runsWith } from "../../src/asterisk/stale-process.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { poll, WaitingRoom } from "../phones/waiting.js";

type Settings = Readonly<Record<string, string>>;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMAND_MS = 120_000;
const READY_MS = 120_000;
const DELIVERY_MS = 120_000;
const FREE_PORTS = {
  HONNIN_API_PORT: "0",
  HONNIN_OPS_PORT: "0",
  HONNIN_CONSOLE_PORT: "0",
  HONNIN_SIP_PORT: "0",
};
const PROGRAM = [process.execPath, path.join(PROJECT_DIR, "scripts/honnin.mjs")] as const;

let settingUp: Promise<void> | undefined;

/** Brings what is compiled up to date with the sources, once a run: no test has it changed under its feet. */
export function setUp(): Promise<void> {
  settingUp ??= runSetUp();
  return settingUp;
}

async function runSetUp(): Promise<void> {
  const child = spawn(process.execPath, [path.join(PROJECT_DIR, "scripts/setup.mjs")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error("scripts/setup.mjs failed");
}

/** One run of the real command in a folder of its own. */
export class HonninCommand {
  readonly dataDir: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #room = new WaitingRoom();
  #stdout = "";
  #stderr = "";

  constructor(
    dataDir: string,
    args: readonly string[],
    settings: Settings = {},
    [file, ...first]: readonly [string, ...string[]] = PROGRAM,
    { ownGroup = false }: { readonly ownGroup?: boolean } = {},
  ) {
    this.dataDir = dataDir;
    // Nothing of whoever runs the tests: no settings, no loader of TypeScript, not the folder they stand in.
    const clean = Object.entries(process.env).filter(([name]) => !/^(HONNIN_|NODE_OPTIONS$)/.test(name));
    this.#child = spawn(file, [...first, ...args], {
      cwd: dataDir,
      env: { ...Object.fromEntries(clean), HONNIN_DATA_DIR: dataDir, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
      detached: ownGroup,
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString();
      this.#room.look();
    });
    this.#closed = once(this.#child, "close").then(() => {
      this.#room.close(new Error(`honnin ${args.join(" ")} ended, having said:\n${this.#stderr}`));
    });
  }

  /** Runs a command that ends by itself. */
  static async run(dataDir: string, args: readonly string[], settings: Settings = {}): Promise<Outcome> {
    const command = new HonninCommand(dataDir, args, settings);
    try {
      return await command.ended();
    } finally {
      command.signal("SIGKILL");
    }
  }

  /** `honnin serve` on free ports; not ready yet. */
  static serve(dataDir: string, settings: Settings = {}): HonninCommand {
    return new HonninCommand(dataDir, ["serve"], { ...FREE_PORTS, ...settings });
  }

  /** `npm start` in the clone, likewise. Signals go to npm. */
  static npmStart(dataDir: string, group: { readonly ownGroup?: boolean } = {}): HonninCommand {
    // Or it may ask its registry whether there is a newer npm.
    const settings = { ...FREE_PORTS, npm_config_update_notifier: "false" };
    return new HonninCommand(dataDir, ["start"], settings, ["npm", "--prefix", PROJECT_DIR], group);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get stderr(): string {
    return this.#stderr;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** To it and to all that it has started, as systemd does (`KillMode=control-group`). */
  signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      // Nobody is left.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Two signals from two senders: the second follows as soon as the first was delivered, lest they become one. */
  signals(first: NodeJS.Signals, second: NodeJS.Signals): void {
    this.signal(first);
    const deadline = performance.now() + DELIVERY_MS;
    while (signalsWait(this.pid) && performance.now() < deadline);
    this.signal(second);
  }

  /** As when the window is closed: nobody reads any more what it says. */
  loseTerminal(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Words of its talk, now or when they come. */
  async said(words: string, ms = READY_MS): Promise<void> {
    await this.#room.until(() => this.#stderr.includes(words) || undefined, ms, `the words "${words}"`);
  }

  /** Resolves when the process is gone and all that it said was read. */
  async ended(ms = COMMAND_MS): Promise<Outcome> {
    const limit = AbortSignal.timeout(ms);
    const late = once(limit, "abort").then(() => {
      throw new Error(`honnin did not end within ${ms} ms, having said:\n${this.#stderr}`);
    });
    await Promise.race([this.#closed, late]);
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  /** A line of its structured log, now or when it comes. */
  async logged(message: string, ms = READY_MS): Promise<Readonly<Record<string, unknown>>> {
    const find = (): Record<string, unknown> | undefined =>
      this.#lines().find((line) => String(line["message"]).startsWith(message));
    return this.#room.until(find, ms, `the log line "${message}"`);
  }

  /** Of the Asterisk of this data directory, as soon as one runs. */
  async asteriskPid(): Promise<number> {
    await poll(() => Promise.resolve(runningAsterisk(this.dataDir) !== null), READY_MS, "Asterisk's process");
    return runningAsterisk(this.dataDir)!;
  }

  #lines(): Record<string, unknown>[] {
    const whole = this.#stderr.slice(0, this.#stderr.lastIndexOf("\n") + 1);
    const json = whole.split("\n").filter((line) => line.startsWith("{"));
    return json.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** The pid of the Asterisk that runs on this data directory; null when none does. */
export function runningAsterisk(dataDir: string): number | null {
  try {
    const pid = Number(readFileSync(path.join(dataDir, "asterisk/pid"), "utf8"));
    return runsWith(pid, path.join(dataDir, "asterisk/etc/asterisk.conf")) ? pid : null;
  } catch {
    return null;
  }
}

/** Whether a signal waits for the process to take it. */
function signalsWait(pid: number): boolean {
  return !/^ShdPnd:\s*0+$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** Every process that has the folder in its command line. */
export function processesOf(folder: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return line.includes(folder) ? [`${pid}: ${line}`] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Command } from "../../src/programs/command.js";
import { freeUdpPort, freeUdpPorts } from "./ports.js";
import { PATIENCE_MS, poll } from "./waiting.js";

/** SIPp ends by itself then, should this process be killed before it could end it. */
const LONGEST_LIFE_S = 300;
const HOST = "127.0.0.1";

const running = new Set<ChildProcess>();
// A test run that ends early leaves no telephone ringing.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** What a run of SIPp needs to know besides its scenario. */
export interface SippRun {
  readonly program: Command;
  readonly folder: SippFolder;
  readonly scenarioFile: string;
  readonly port: number;
  /** Of loopback; default 127.0.0.1. */
  readonly host?: string;
  /** It listens by TCP or TLS; default UDP. */
  readonly isStream?: boolean;
  readonly rtpPort: number;
  readonly calls: number;
  /** More arguments, such as the address to call. */
  readonly extra: readonly string[];
}

/** Private folder of one run: scenario, message log, error log. Removed with the telephone. */
export class SippFolder {
  readonly path: string;
  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<SippFolder> {
    return new SippFolder(await mkdtemp(join(tmpdir(), "honnin-phone-")));
  }

  get messageLog(): string {
    return join(this.path, "messages.log");
  }

  get errorLog(): string {
    return join(this.path, "errors.log");
  }

  /** What SIPp complained about: unexpected messages, time-outs. */
  async errors(): Promise<string> {
    return existsSync(this.errorLog) ? readFile(this.errorLog, "utf8") : "";
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** One SIPp process. */
export class SippProcess {
  /** Resolves with the exit code when the process is gone; -1: killed or never started. */
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  readonly #run: SippRun;
  #gone = false;

  private constructor(child: ChildProcess, run: SippRun) {
    this.#child = child;
    this.#run = run;
    running.add(child);
    this.exited = Promise.race([once(child, "exit"), once(child, "error")]).then(
      ([code]) => this.#over(typeof code === "number" ? code : -1),
      () => this.#over(-1),
    );
  }

  static async start(run: SippRun): Promise<SippProcess> {
    const { program, folder, host = HOST } = run;
    // SIPp binds its media port and the one two above it, and counts on from a taken control port.
    const media = await freeUdpPorts(4);
    const control = await freeUdpPort();
    const options = [
      ["-sf", run.scenarioFile],
      ["-i", host, "-bind_local", "-p", String(run.port)],
      ["-mp", String(media), "-ci", HOST, "-cp", String(control)],
      ["-key", "rtp_port", String(run.rtpPort)],
      ["-m", String(run.calls), "-nostdin", "-timeout", `${LONGEST_LIFE_S}s`],
      // On a busy machine SIPp's watchdog would end the test for being late.
      ["-watchdog_minor_maxtriggers", "100000", "-watchdog_major_maxtriggers", "100000"],
      ["-trace_msg", "-message_file", folder.messageLog],
      ["-trace_err", "-error_file", folder.errorLog],
      run.extra,
    ];
    const child = spawn(program.file, [...program.args, ...options.flat()], {
      cwd: folder.path,
      // Its log is in local time, with or without saying so.
      env: { TERM: "dumb", ...process.env, ...program.env, TZ: "UTC" },
      stdio: "ignore",
    });
    return new SippProcess(child, run);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Resolves when the telephone's SIP port is bound: from then on no INVITE is lost. */
  async bound(ms = PATIENCE_MS): Promise<void> {
    const { port, host, isStream } = this.#run;
    const bound = (): Promise<boolean> => {
      if (this.#gone) throw new Error("SIPp ended before it was ready");
      return Promise.resolve(isBound(port, host, isStream === true ? "tcp" : "udp"));
    };
    await poll(bound, ms, `SIPp to bind port ${port}`);
  }

  async kill(): Promise<void> {
    if (!this.#gone) this.#child.kill("SIGKILL");
    await this.exited;
  }

  #over(code: number): number {
    this.#gone = true;
    running.delete(this.#child);
    return code;
  }
}

/** Whether somebody has bound this port of an address of loopback. */
export function isBound(port: number, host = HOST, protocol: "udp" | "tcp" = "udp"): boolean {
  // As the kernel writes them: the address in the order of this machine's bytes.
  const address = Buffer.from(host.split(".").map(Number).reverse()).toString("hex");
  const place = `${address}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
  return readFileSync(`/proc/net/${protocol}`, "utf8").includes(` ${place} `);
}

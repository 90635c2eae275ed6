import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as timer } from "node:timers/promises";

import type { Command } from "../programs/command.js";
import { freeTcpPort } from "../asterisk/free-port.js";
import { startProgram } from "../child-process.js";
import { recordingDir, writeBaresipConfig } from "./baresip-config.js";
import { BaresipControl, type BaresipEvent } from "./baresip-control.js";

export interface SoftphoneOptions {
  /** The `baresip` program. */
  readonly command: Command;
  /** Baresip's modules; default: beside the program, as Debian lays them out. */
  readonly moduleDir?: string;
  /** Where to register. */
  readonly sipHost: string;
  readonly sipPort: number;
  readonly username: string;
  readonly password: string;
  /** Configuration and recordings; made if missing. One softphone at a time. */
  readonly workDir: string;
  /** "auto" takes every call at once; "manual" waits for `answer()`. */
  readonly answerMode: "auto" | "manual";
}

interface SoftphoneEvents {
  readonly registered: [];
  /** Who calls, as a SIP URI; with `answerMode` "manual" only. */
  readonly incoming: [from: string];
  readonly ringing: [];
  readonly answered: [];
  /** Why, in baresip's words; empty for an ordinary end. */
  readonly ended: [reason: string];
  /** The program is gone, by `stop()` or by itself. */
  readonly exited: [];
}

const START_DEADLINE_MS = 15_000;
const STOP_DEADLINE_MS = 3_000;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A real telephone program (baresip), without a screen: registers, takes or makes calls, presses keys, records. */
export class Softphone extends EventEmitter<SoftphoneEvents> {
  readonly #child: ChildProcess;
  readonly #workDir: string;
  readonly #domain: string;
  #control: BaresipControl | undefined;
  #gone = false;
  #log = "";

  private constructor(child: ChildProcess, workDir: string, domain: string) {
    super();
    this.#child = child;
    this.#workDir = workDir;
    this.#domain = domain;
    running.add(child);
    child.stdout?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    const gone = (): void => {
      if (this.#gone) return;
      this.#gone = true;
      running.delete(child);
      this.emit("exited");
    };
    child.once("exit", gone);
  }

  /** Starts baresip and registers; resolves when Asterisk has accepted the registration. */
  static async start(options: SoftphoneOptions): Promise<Softphone> {
    const workDir = resolve(options.workDir);
    await mkdir(workDir, { recursive: true });
    const controlPort = await freeTcpPort();
    const moduleDir = options.moduleDir ?? modulesBeside(options.command);
    await writeBaresipConfig({ workDir, moduleDir, controlPort });
    const { file, args, env } = options.command;
    const child = await startProgram(file, [...args, "-f", workDir], {
      cwd: workDir,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const domain = `${options.sipHost}:${options.sipPort}`;
    const phone = new Softphone(child, workDir, domain);
    try {
      await phone.#register(controlPort, options);
    } catch (error) {
      await phone.stop();
      throw new Error(`the softphone did not start: ${phone.#log.trim()}`, { cause: error });
    }
    return phone;
  }

  /** What baresip has printed. */
  get log(): string {
    return this.#log;
  }

  /** Recordings (WAV, 8 kHz) of what was heard, one a call, oldest first; whole when the call has ended. */
  get recordings(): string[] {
    const dir = recordingDir(this.#workDir);
    const names = existsSync(dir) ? readdirSync(dir) : [];
    return names
      .filter((name) => name.endsWith("-dec.wav"))
      .sort()
      .map((name) => join(dir, name));
  }

  /** Waits for the next event of that name; ask before doing what causes it. Rejects after `ms`. */
  async next<Name extends keyof SoftphoneEvents>(name: Name, ms = 30_000): Promise<SoftphoneEvents[Name]> {
    const given = once(this, name, { signal: AbortSignal.timeout(ms) });
    return given as unknown as Promise<SoftphoneEvents[Name]>;
  }

  /** Takes the call that rings. */
  async answer(): Promise<void> {
    await this.#give("accept");
  }

  /** Presses keys as telephone events (RFC 4733), one after the other. */
  async press(digits: string, { gapMs = 200 } = {}): Promise<void> {
    for (const digit of digits) {
      await this.#give("sndcode", digit);
      // A finger takes its time; baresip sends whatever it is given at once.
      await timer(gapMs);
    }
  }

  /** Unregisters and ends the program, by force if it does not end in time. Harmless when it is gone. */
  async stop(): Promise<void> {
    if (!this.#gone) {
      const exited = once(this, "exited");
      this.#child.kill("SIGTERM");
      const force = setTimeout(() => this.#child.kill("SIGKILL"), STOP_DEADLINE_MS);
      await exited;
      clearTimeout(force);
    }
    this.#control?.close();
  }

  async #give(command: string, params?: string): Promise<void> {
    if (!this.#control) throw new Error("the softphone is not running");
    await this.#control.command(command, params);
  }

  async #register(controlPort: number, options: SoftphoneOptions): Promise<void> {
    const { username, password, answerMode } = options;
    const control = await this.#connect(controlPort);
    this.#control = control;
    const registered = new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => {
        reject(new Error(`not registered in ${START_DEADLINE_MS} ms`));
      }, START_DEADLINE_MS);
      this.once("registered", () => {
        clearTimeout(deadline);
        resolve();
      });
      control.on("event", (event) => {
        this.#receive(event);
        if (event.type === "REGISTER_FAIL") reject(new Error(`registration refused: ${event.param ?? ""}`));
      });
    });
    // Given now, not in the accounts file: its events cannot be missed, and the password is in no file.
    const parameters = [
      `auth_user=${username}`,
      `auth_pass=${password}`,
      `answermode=${answerMode}`,
      "dtmfmode=rtpevent",
      "audio_codecs=pcmu",
      "regint=300",
    ];
    await control.command(
      "uanew",
      [`<sip:${username}@${this.#domain};transport=udp>`, ...parameters].join(";"),
    );
    await registered;
  }

  /** The control port opens some moment after the start, and nothing announces it. */
  async #connect(port: number): Promise<BaresipControl> {
    const deadline = performance.now() + START_DEADLINE_MS;
    for (;;) {
      if (this.#gone) throw new Error("baresip ended at its start");
      try {
        return await BaresipControl.connect(port);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await timer(20);
      }
    }
  }

  #receive(event: BaresipEvent): void {
    switch (event.type) {
      case "REGISTER_OK":
        this.emit("registered");
        break;
      case "CALL_INCOMING":
        this.emit("incoming", event.peeruri ?? "");
        break;
      case "CALL_RINGING":
      case "CALL_PROGRESS":
        this.emit("ringing");
        break;
      case "CALL_ESTABLISHED":
        this.emit("answered");
        break;
      case "CALL_CLOSED":
        this.emit("ended", event.param ?? "");
        break;
      default:
        // Of no interest here: RTP statistics, message waiting, transfers.
        break;
    }
  }
}

/** Debian: `usr/bin/baresip` and `usr/lib/baresip/modules`, also when unpacked into a folder of one's own. */
function modulesBeside({ file, args }: Command): string {
  const program = args.at(-1) ?? file;
  const usr = program.includes("/") ? dirname(dirname(program)) : "/usr";
  return join(usr, "lib/baresip/modules");
}

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { startProgram } from "../../src/child-process.js";
import type { Command } from "../../src/programs/command.js";
import { freeUdpPort, freeUdpPorts } from "./ports.js";
import { PATIENCE_MS, WaitingRoom } from "./waiting.js";

/** linphone without a screen (`linphonec`): takes every call by itself, makes calls, presses keys, records. */
export class Linphone implements AsyncDisposable {
  /** Of SIP by UDP, at 127.0.0.1. */
  readonly port: number;
  /** What it hears on its call (WAV); whole when it has stopped. */
  readonly recording: string;
  readonly #child: ChildProcess;
  readonly #room = new WaitingRoom();
  #printed = "";

  private constructor(child: ChildProcess, port: number, recording: string) {
    this.#child = child;
    this.port = port;
    this.recording = recording;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (bytes: Buffer) => {
        this.#printed += bytes.toString();
        this.#room.look();
      });
    // What is written to one that has just ended is lost.
    child.stdin?.on("error", () => undefined);
    child.once("exit", () => {
      this.#room.close(new Error(`linphonec has ended: ${this.#printed}`));
    });
  }

  /** @param number that it has, as it writes it in From. @param workDir of its own, for what it keeps. */
  static async start(command: Command, number: string, workDir: string): Promise<Linphone> {
    await mkdir(workDir, { recursive: true });
    const port = await freeUdpPort();
    const config = path.join(workDir, "linphonerc");
    await writeFile(config, configuration(number, port, await freeUdpPorts(2)));
    const child = await startProgram(command.file, [...command.args, "-c", config, "-a"], {
      cwd: workDir,
      // It keeps its databases and certificates there.
      env: { ...command.env, HOME: workDir, XDG_DATA_HOME: workDir, XDG_CONFIG_HOME: workDir },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const phone = new Linphone(child, port, path.join(workDir, "heard.wav"));
    try {
      await phone.#prints(/linphonec>/);
      await phone.#order("soundcard use files", /Using wav files/);
      await phone.#order(`record ${phone.recording}`);
    } catch (error) {
      await phone[Symbol.asyncDispose]();
      throw error;
    }
    return phone;
  }

  /** What it has printed. */
  get log(): string {
    return this.#printed;
  }

  /** Resolves when its sound flows. */
  async talking(): Promise<void> {
    await this.#prints(/Media streams established/);
  }

  async ended(): Promise<void> {
    await this.#prints(/Call \d+ with .* ended/);
  }

  /** Calls a SIP URI. */
  async call(uri: string): Promise<void> {
    await this.#order(`call ${uri}`, /Establishing call/);
  }

  /** A key, as a telephone event (RFC 4733). */
  async press(key: string): Promise<void> {
    await this.#order(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.stdin?.write("quit\n");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await exited;
    clearTimeout(force);
  }

  /** One line, which it has taken when it shows its prompt again: of two at once it would read the later one alone. */
  async #order(line: string, answer?: RegExp): Promise<void> {
    const from = this.#printed.length;
    this.#child.stdin?.write(`${line}\n`);
    await this.#prints(/linphonec>/, from);
    if (answer !== undefined) await this.#prints(answer, from);
  }

  async #prints(pattern: RegExp, from = 0): Promise<void> {
    const said = (): true | undefined => (pattern.test(this.#printed.slice(from)) ? true : undefined);
    await this.#room.until(said, PATIENCE_MS, `linphonec to print ${pattern.source}; so far: ${this.#printed}`);
  }
}

/** Loopback, UDP and PCMU alone; no echo canceller, no look-ups, no other way for keys than RFC 4733. */
function configuration(number: string, port: number, rtpPort: number): string {
  const sections = {
    sip: [
      `sip_port=${String(port)}`,
      ...["sip_tcp_port=0", "sip_tls_port=0", "guess_hostname=0", "register_only_when_network_is_up=0"],
      `contact=sip:${number}@127.0.0.1`,
      ...["use_rfc2833=1", "use_info=0", "use_ipv6=0", "bind_address=127.0.0.1", "media_encryption=none"],
    ],
    rtp: [`audio_rtp_port=${String(rtpPort)}`, "bind_address=127.0.0.1", "audio_jitt_comp=60"],
    sound: ["echocancellation=0", "echolimiter=0", "agc=0"],
    video: ["enabled=0", "capture=0", "display=0"],
    audio_codec_0: ["mime=PCMU", "rate=8000", "channels=1", "enabled=1"],
  };
  return Object.entries(sections)
    .map(([name, lines]) => `[${name}]\n${lines.join("\n")}\n`)
    .join("\n");
}

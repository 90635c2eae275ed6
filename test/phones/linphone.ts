import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { startProgram } from "../../src/child-process.js";
import { architecture } from "../../src/programs/architecture.js";
import type { Component } from "../../src/programs/components.js";
import { freeUdpPorts } from "./ports.js";
import { PATIENCE_MS, WaitingRoom } from "./waiting.js";

interface LinphoneOptions {
  readonly component: Component;
  /** Configuration, recording; made anew. */
  readonly workDir: string;
  /** The number that it calls from. */
  readonly number: string;
}

const WAVE_HEADER = 44;
const PROMPT = /linphonec>/;
/** Those that name a folder of data: of the grammars by which SIP is read. */
const LIBRARIES = ["libbelr.so.1", "liblinphone.so.12"];
/** Of the same length: the place of a string's end is in the code. Relative to the folder in which the program runs. */
const [DATA, OWN_DATA] = ["/usr/share/", "././/share/"] as const;

/**
 * Linphone (`linphonec`), a telephone whose SIP (belle-sip) and sound (mediastreamer2) are of another make than
 * baresip's, SIPp's and Asterisk's: without a screen, without registering, led by what is typed. It takes every call by
 * itself. Its data lie where its libraries say, which is /usr/share; so it gets copies of two that say otherwise.
 */
export class Linphone implements AsyncDisposable {
  /** Of SIP over UDP, at 127.0.0.1. */
  readonly port: number;
  readonly #recording: string;
  readonly #child: ChildProcess;
  readonly #room = new WaitingRoom();
  #log = "";

  private constructor(child: ChildProcess, port: number, recording: string) {
    this.#child = child;
    this.port = port;
    this.#recording = recording;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (bytes: Buffer) => {
        this.#log += bytes.toString();
        this.#room.look();
      });
    child.stdin?.on("error", () => undefined);
    child.once("exit", () => {
      this.#room.close(new Error(`linphonec has ended; it printed:\n${this.#log}`));
    });
  }

  static async start({ component, workDir, number }: LinphoneOptions): Promise<Linphone> {
    const port = await freeUdpPorts(4);
    const recording = path.join(workDir, "heard.wav");
    const libraries = await ownLibraries(component.root, workDir);
    const config = path.join(workDir, "linphonerc");
    await mkdir(path.join(workDir, ".local/share/linphone"), { recursive: true });
    await symlink(path.join(component.root, "usr/share"), path.join(workDir, "share"));
    await writeFile(config, configuration(number, port));
    const { file, args } = component.command("usr/bin/linphonec");
    const words = args.map((word, at) => (args[at - 1] === "--library-path" ? `${libraries}:${word}` : word));
    const child = await startProgram(file, [...words, "-a", "-d", "0", "-c", config], {
      cwd: workDir,
      env: { HOME: workDir, LC_ALL: "C", XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const phone = new Linphone(child, port, recording);
    try {
      await phone.printed(PROMPT);
      await phone.#type("soundcard use files");
      await phone.#type(`record ${recording}`);
      return phone;
    } catch (error) {
      await phone[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What it has printed. */
  get log(): string {
    return this.#log;
  }

  /** Waits until it has printed something like this. */
  async printed(what: RegExp): Promise<void> {
    await this.#room.until(
      () => what.test(this.#log) || undefined,
      PATIENCE_MS,
      `${String(what)} of linphonec`,
    );
  }

  async call(uri: string): Promise<void> {
    await this.#type(`call ${uri}`);
  }

  /** A key, as a telephone event (RFC 4733). */
  async press(key: string): Promise<void> {
    await this.#type(key);
  }

  /** Ends the program. @returns the file of all that it heard (WAV). */
  async recorded(): Promise<string> {
    await this[Symbol.asyncDispose]();
    const bytes = await readFile(this.#recording);
    // It writes the header over the first samples, and counts them all the same.
    bytes.writeUInt32LE(bytes.length - WAVE_HEADER, WAVE_HEADER - 4);
    await writeFile(this.#recording, bytes);
    return this.#recording;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    // It ends when its input has ended too.
    this.#child.stdin?.end("quit\n");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await exited;
    clearTimeout(force);
  }

  /** Resolves when it asks for more: what is typed before that takes the place of what it has not read yet. */
  async #type(line: string): Promise<void> {
    const before = this.#prompts();
    this.#child.stdin?.write(`${line}\n`);
    await this.#room.until(
      () => this.#prompts() > before || undefined,
      PATIENCE_MS,
      `linphonec to take "${line}"`,
    );
  }

  #prompts(): number {
    return this.#log.split(PROMPT).length;
  }
}

/** The folder of the copies. */
async function ownLibraries(root: string, workDir: string): Promise<string> {
  const folder = path.join(workDir, "libraries");
  await mkdir(folder, { recursive: true });
  for (const name of LIBRARIES) {
    const bytes = await readFile(path.join(root, "usr/lib", architecture().triplet, name), "latin1");
    if (!bytes.includes(DATA)) throw new Error(`${name} does not name ${DATA}`);
    await writeFile(path.join(folder, name), bytes.replaceAll(DATA, OWN_DATA), "latin1");
  }
  return folder;
}

/** What it would do beside telephoning (names, STUN, presence) is off; the payloads that it offers are its own choice. */
function configuration(number: string, port: number): string {
  return `[sip]
sip_port=${String(port)}
sip_tcp_port=0
sip_tls_port=0
bind_address=127.0.0.1
use_ipv6=0
use_info=0
use_rfc2833=1
guess_hostname=0
contact=<sip:${number}@127.0.0.1:${String(port)}>
[rtp]
audio_rtp_port=${String(port + 2)}
[video]
enabled=0
`;
}

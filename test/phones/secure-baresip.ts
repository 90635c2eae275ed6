import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { startProgram } from "../../src/child-process.js";
import type { Command } from "../../src/programs/command.js";
import { recordingDir, writeBaresipConfig } from "../../src/softphone/baresip-config.js";
import { BaresipControl } from "../../src/softphone/baresip-control.js";
import { freeUdpPorts } from "./ports.js";
import { PATIENCE_MS, poll } from "./waiting.js";

interface SecureBaresipOptions {
  readonly command: Command;
  /** Configuration and recordings. */
  readonly workDir: string;
  /** What it shows to who calls by TLS, in PEM. */
  readonly pair: { readonly cert: string; readonly key: string };
}

/** baresip as a peer that is called by TLS, without registering: by itself it takes every call to a user that it has. */
export class SecureBaresip implements AsyncDisposable {
  /** Of SIP over TLS, at 127.0.0.1. */
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #control: BaresipControl;
  readonly #workDir: string;
  readonly #printed: () => string;

  private constructor(
    child: ChildProcess,
    control: BaresipControl,
    workDir: string,
    port: number,
    printed: () => string,
  ) {
    this.#child = child;
    this.#control = control;
    this.#workDir = workDir;
    this.port = port;
    this.#printed = printed;
  }

  static async start({ command, workDir, pair }: SecureBaresipOptions): Promise<SecureBaresip> {
    await mkdir(workDir, { recursive: true });
    const program = command.args.at(-1) ?? command.file;
    const controlPort = await freeTcpPort();
    await writeBaresipConfig({
      workDir,
      controlPort,
      moduleDir: path.join(path.dirname(path.dirname(program)), "lib/baresip/modules"),
    });
    const certificate = path.join(workDir, "certificate.pem");
    await writeFile(certificate, `${pair.key}\n${pair.cert}\n`, { mode: 0o600 });
    const port = await freeUdpPorts(2);
    const config = path.join(workDir, "config");
    const written = await readFile(config, "utf8");
    // TLS has the port after that of UDP and TCP.
    await writeFile(config, written.replace(/^sip_listen .*$/m, `sip_listen 127.0.0.1:${String(port)}`));
    await appendFile(config, `sip_certificate ${certificate}\nmodule srtp.so\n`);
    const child = await startProgram(command.file, [...command.args, "-f", workDir], {
      cwd: workDir,
      env: command.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (bytes: Buffer) => (log += bytes.toString()));
    let control: BaresipControl | undefined;
    const connected = async (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`baresip ended at its start: ${log}`);
      control = await BaresipControl.connect(controlPort).catch(() => undefined);
      return control !== undefined;
    };
    await poll(connected, PATIENCE_MS, "the control port of baresip");
    if (control === undefined) throw new Error("baresip has no control port");
    return new SecureBaresip(child, control, workDir, port + 1, () => log);
  }

  /** What it has printed. */
  get log(): string {
    return this.#printed();
  }

  /** Takes calls to this user from now on, with SRTP whose keys are in the SDP, or none. */
  async take(user: string): Promise<void> {
    const account = [
      `<sip:${user}@127.0.0.1:${String(this.port)};transport=tls>`,
      "regint=0",
      "answermode=auto",
      "dtmfmode=rtpevent",
      "audio_codecs=pcmu",
      "mediaenc=srtp-mand",
    ];
    await this.#control.command("uanew", account.join(";"));
  }

  /** Resolves with why its call ended, in baresip's words. */
  async ended(): Promise<string> {
    return new Promise((resolve) => {
      this.#control.on("event", ({ type, param }) => {
        if (type === "CALL_CLOSED") resolve(param ?? "");
      });
    });
  }

  async established(): Promise<void> {
    return new Promise((resolve) => {
      this.#control.on("event", ({ type }) => {
        if (type === "CALL_ESTABLISHED") resolve();
      });
    });
  }

  /** A key, as a telephone event (RFC 4733). */
  async press(key: string): Promise<void> {
    await this.#control.command("sndcode", key);
  }

  /** Of what it heard, a file a call (WAV); whole when the call has ended. */
  async recordings(): Promise<string[]> {
    const folder = recordingDir(this.#workDir);
    return (await readdir(folder))
      .filter((name) => name.endsWith("-dec.wav"))
      .sort()
      .map((name) => path.join(folder, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#control.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await exited;
    clearTimeout(force);
  }
}

import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { architecture } from "../../src/programs/architecture.js";
import type { Command } from "../../src/programs/command.js";
import type { Component } from "../../src/programs/components.js";
import { runBounded } from "../../src/run-bounded.js";
import { freeUdpPort } from "../phones/ports.js";
import { fetched, PROJECT_DIR } from "../phones/programs.js";
import { isBound } from "../phones/sipp-process.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { WatchedProgram } from "./watched-program.js";

const SHIPPED = path.join(PROJECT_DIR, "deploy/kamailio");
const HOST = "127.0.0.1";

/**
 * As `dispatcher.list` has it: active or inactive (A, I; T: one OPTIONS was not answered, D: disabled), and whether it
 * is asked by OPTIONS (P) or not (X).
 */
export type TargetState = "AP" | "AX" | "IP" | "IX" | "TP" | "DP" | "DX";

export interface KamailioOptions {
  /** SIP URIs such as `sip:127.0.0.11:5060`: each has an address that is neither Kamailio's nor the trunk's. */
  readonly nodes: readonly string[];
  /** SIP URIs, the first tried first. */
  readonly trunks: readonly string[];
  /** Where the trunk's calls come from besides: `ADDRESS BITS`. */
  readonly trunkAddresses?: readonly string[];
  /** PEM files: who Kamailio is, and by whom the trunk is certified. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca: string };
  /** Where it listens; else at a free port. */
  readonly port?: number;
  /** Values of `settings.cfg`, by their names. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Shorter than in service, so that nobody waits; what has to be in proportion is. */
const QUICK = {
  WORKERS: 2,
  PING_EVERY_SECONDS: 1,
  PING_TIMEOUT_MS: 800,
  NODE_SILENCE_MS: 1500,
  NODE_ANSWER_MS: 4000,
  TRUNK_SILENCE_MS: 2000,
};

/** A Kamailio of the tests' own at 127.0.0.1, with the shipped configuration, before nodes and a trunk. */
export class Kamailio {
  /** Of SIP by UDP and TCP. */
  readonly port: number;
  readonly #dir: string;
  readonly #component: Component;
  #program: WatchedProgram | undefined;

  private constructor(dir: string, port: number, component: Component) {
    this.#dir = dir;
    this.port = port;
    this.#component = component;
  }

  /** Resolves when it takes calls. */
  static async start(options: KamailioOptions): Promise<Kamailio> {
    const component = await fetched("kamailio");
    const dir = await mkdtemp(path.join(tmpdir(), "honnin-kamailio-"));
    const kamailio = new Kamailio(dir, options.port ?? (await freeUdpPort()), component);
    await mkdir(path.join(dir, "run"));
    for (const name of await readdir(SHIPPED)) await copyFile(path.join(SHIPPED, name), path.join(dir, name));
    await kamailio.#configure(options);
    await kamailio.launch();
    return kamailio;
  }

  /** What a node has as its trunk. */
  get uri(): string {
    return `sip:${HOST}:${String(this.port)}`;
  }

  /** Of the process that has made the others. */
  get pid(): number {
    return this.#program?.pid ?? -1;
  }

  /** What it has logged so far. */
  log(): Promise<string> {
    return readFile(this.#file("log"), "utf8");
  }

  async launch(): Promise<void> {
    const { file, args } = this.#command("kamailio");
    const options = ["-f", this.#file("kamailio.cfg"), "-DD", "-E", "-m", "32", "-M", "4"];
    const places = ["-Y", this.#file("run"), "-w", this.#dir];
    const kamailio = await WatchedProgram.start(file, [...args, ...options, ...places], this.#file("log"));
    this.#program = kamailio;
    const answers = async (): Promise<boolean> => {
      if (kamailio.hasEnded) throw new Error(`Kamailio did not start: ${await this.log()}`);
      return (await this.#ask("dispatcher.list")).includes("URI");
    };
    await poll(answers, PATIENCE_MS, "Kamailio to start");
  }

  /** State of each target, by its URI. */
  async targets(): Promise<ReadonlyMap<string, TargetState>> {
    const listed = (await this.#ask("dispatcher.list")).matchAll(/URI: (\S+)\s+FLAGS: (\w\w)/g);
    return new Map([...listed].map(([, uri = "", flags]) => [uri, flags as TargetState]));
  }

  /** Waits until a target is in this state. */
  async reaches(target: string, state: TargetState, ms = PATIENCE_MS): Promise<void> {
    const isSo = async (): Promise<boolean> => (await this.targets()).get(target) === state;
    await poll(isSo, ms, `${target} to be ${state}`);
  }

  /** As a crash ends it: nothing is remembered. */
  async kill(): Promise<void> {
    await this.#end();
  }

  async stop(): Promise<void> {
    await this.#end();
    await rm(this.#dir, { recursive: true, force: true });
  }

  #file(name: string): string {
    return path.join(this.#dir, name);
  }

  async #configure({
    nodes,
    trunks,
    trunkAddresses = [],
    tls,
    settings = {},
  }: KamailioOptions): Promise<void> {
    const { triplet } = architecture();
    const values = {
      ...QUICK,
      LISTEN_ADDRESS: HOST,
      LISTEN_PORT: this.port,
      LISTEN_TLS_PORT: await freeTcpPort(),
      TRUNK_CONTACT: `${HOST}:${String(this.port)}`,
      CONFIG_DIR: this.#dir,
      MODULES_DIR: path.join(this.#component.root, `usr/lib/${triplet}/kamailio/modules`),
      RUN_DIR: this.#file("run"),
      ...settings,
    };
    const shipped = await readFile(this.#file("settings.cfg"), "utf8");
    const set = Object.entries(values).reduce(
      (text, [name, value]) => withValue(text, name, String(value)),
      shipped,
    );
    const withTls = tls === undefined ? set : set.replace("##!define WITH_TLS", "#!define WITH_TLS");
    await writeFile(this.#file("settings.cfg"), withTls);
    const lines = [
      ...nodes.map((uri) => `1 ${uri} 8`),
      ...trunks.map((uri, place) => `2 ${uri} 0 ${String(100 - place)}`),
    ];
    await writeFile(this.#file("dispatcher.list"), `${lines.join("\n")}\n`);
    const addresses = trunkAddresses.map((address) => `1 ${address}\n`);
    await writeFile(this.#file("trunk-addresses.list"), addresses.join(""));
    if (tls === undefined) return;
    const places = { private_key: tls.key, certificate: tls.certificate, ca_list: tls.ca };
    const shippedTls = await readFile(this.#file("tls.cfg"), "utf8");
    const tlsText = Object.entries(places).reduce(
      (text, [name, file]) => text.replace(new RegExp(`^${name} = .*$`, "m"), `${name} = ${file}`),
      shippedTls,
    );
    await writeFile(this.#file("tls.cfg"), tlsText);
  }

  #command(program: "kamailio" | "kamcmd"): Command {
    const command = this.#component.command(`usr/sbin/${program}`);
    // Its modules have libraries of their own in a folder of their own.
    const own = path.join(this.#component.root, `usr/lib/${architecture().triplet}/kamailio`);
    const afterPath = command.args.indexOf("--library-path") + 1;
    return { ...command, args: command.args.map((word, at) => (at === afterPath ? `${word}:${own}` : word)) };
  }

  /** Empty where nobody answers. */
  async #ask(...words: readonly string[]): Promise<string> {
    const { file, args } = this.#command("kamcmd");
    const socket = `unix:${this.#file("run/kamailio_ctl")}`;
    const { code, stdout } = await runBounded(file, [...args, "-s", socket, ...words], {
      deadlineMs: PATIENCE_MS,
      env: process.env,
      maxBytes: 1e6,
    });
    return code === 0 ? stdout.toString() : "";
  }

  async #end(): Promise<void> {
    await this.#program?.stop();
    this.#program = undefined;
    await poll(() => Promise.resolve(!isBound(this.port)), PATIENCE_MS, "Kamailio to let go of its port");
    await rm(this.#file("run/kamailio_ctl"), { force: true });
  }
}

/** @throws {Error} where the shipped settings have no such name. */
function withValue(text: string, name: string, value: string): string {
  const changed = text
    .replace(new RegExp(`^(#!substdef "!${name}!)[^!]*(!g")$`, "m"), `$1${value}$2`)
    .replace(new RegExp(`^(#!define ${name}) .*$`, "m"), `$1 ${value}`);
  if (!new RegExp(`[! ]${name}[! ]`).test(text)) throw new Error(`settings.cfg has no ${name}`);
  return changed;
}

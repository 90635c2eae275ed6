import path from "node:path";
import { HonninCommand, runningAsterisk } from "../cli/honnin-command.js";
import { freeUdpPort } from "../phones/ports.js";
import { tempDir } from "../support/temp-dir.js";
import { Gate } from "./gate.js";

export type Settings = Readonly<Record<string, string>>;

const COMPLAINT = /"level":"(warn|error)"|\bnodes? |Error/;
/** Whoever asks a node that cannot serve him is told so, and goes to the next. */
const POLITE = '"message":"request failed"';

/** Where a node is reached, of its latest start. */
export interface Addresses {
  readonly api: string;
  readonly health: string;
}

/** One Honnin with its own Asterisk, as users run it, with a gate before the database. */
export class TopologyNode {
  readonly name: string;
  readonly dataDir: string;
  /** Where its Asterisk listens, and where its sound comes from. */
  readonly host: string;
  readonly sipPort: number;
  readonly gate: Gate;
  readonly #settings: Settings;
  readonly #remove: () => Promise<void>;
  #service: HonninCommand | undefined;
  #addresses: Addresses | undefined;
  #said = "";

  private constructor(
    name: string,
    dir: Awaited<ReturnType<typeof tempDir>>,
    host: string,
    sipPort: number,
    gate: Gate,
    settings: Settings,
  ) {
    this.host = host;
    this.name = name;
    this.dataDir = dir.path;
    this.#remove = () => dir.remove();
    this.sipPort = sipPort;
    this.gate = gate;
    this.#settings = settings;
  }

  /** @param host its own, of loopback. @param databaseUrl of a server on loopback. */
  static async prepare(
    name: string,
    host: string,
    databaseUrl: string,
    settings: Settings,
  ): Promise<TopologyNode> {
    const gate = await Gate.before(Number(new URL(databaseUrl).port));
    const through = new URL(databaseUrl);
    through.port = String(gate.port);
    const sipPort = await freeUdpPort();
    return new TopologyNode(name, await tempDir(), host, sipPort, gate, {
      HONNIN_SIP_HOST: host,
      HONNIN_DATABASE_URL: through.href,
      HONNIN_NODE: name,
      HONNIN_SIP_PORT: String(sipPort),
      ...settings,
    });
  }

  /** The one that runs, or ran last. */
  get service(): HonninCommand {
    if (this.#service === undefined) throw new Error(`${this.name} was never started`);
    return this.#service;
  }

  /** Undefined before its first start. */
  get addresses(): Addresses | undefined {
    return this.#addresses;
  }

  get certFile(): string {
    return path.join(this.dataDir, "tls/cert.pem");
  }

  get keyFile(): string {
    return path.join(this.dataDir, "keys/data.key");
  }

  /** What it has said since it was prepared, over all its starts. */
  get said(): string {
    return this.#said + (this.#service?.stderr ?? "");
  }

  get complaints(): readonly string[] {
    return this.said.split("\n").filter((line) => COMPLAINT.test(line) && !line.includes(POLITE));
  }

  command(...args: readonly string[]): ReturnType<typeof HonninCommand.run> {
    return HonninCommand.run(this.dataDir, args, this.#settings);
  }

  /** Starts it, again after it has ended; resolves when it is ready. */
  async start(settings: Settings = {}): Promise<void> {
    this.#said = this.said;
    // The same addresses again: who calls it need not be told.
    const same = this.#addresses === undefined ? {} : { HONNIN_API_PORT: new URL(this.#addresses.api).port };
    const all = { ...this.#settings, ...same, ...settings };
    const service = HonninCommand.serve(this.dataDir, all);
    this.#service = service;
    const { api, ops } = await service.logged("honnin is ready");
    this.#addresses = { api: String(api), health: `http://127.0.0.1:${String(ops)}/health` };
  }

  get asterisk(): number {
    const pid = runningAsterisk(this.dataDir);
    if (pid === null) throw new Error(`${this.name} has no Asterisk`);
    return pid;
  }

  async end(): Promise<void> {
    const service = this.#service;
    if (service !== undefined) {
      service.signal("SIGCONT");
      service.signal("SIGKILL");
      await service.ended();
    }
    const left = runningAsterisk(this.dataDir);
    if (left !== null) process.kill(left, "SIGKILL");
    await this.gate.close();
    await this.#remove();
  }
}

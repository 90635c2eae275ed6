import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { freeUdpPort } from "../phones/ports.js";
import { sippProgram } from "../phones/programs.js";
import { header, isInDialog, methodOf, renderSip } from "../phones/sip-message.js";
import { SippFolder, SippProcess } from "../phones/sipp-process.js";
import { SippTrace, type TracedMessage } from "../phones/sipp-trace.js";
import { PATIENCE_MS, WaitedTooLong } from "../phones/waiting.js";

export type Scenario =
  | "node-answers"
  | "node-refuses"
  | "node-rings"
  | "registrar"
  | "calls"
  | "calls-and-talks"
  | "calls-and-gives-up"
  | "calls-and-is-refused"
  | "registers";

export interface StationOptions {
  /** Of loopback; default 127.0.0.1: the trunk's. */
  readonly host?: string;
  readonly port?: number;
  /** Port of 127.0.0.1 that it calls. */
  readonly via?: number;
  /** What stands in a scenario's braces. */
  readonly values?: Readonly<Record<string, string>>;
  /** Header lines of its INVITE, as they are. */
  readonly headers?: readonly string[];
  readonly calls?: number;
  /** It listens by TLS with these PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

const DEFAULTS = {
  ...{ name: "node", to: "0312340000", from: "09011110001", domain: "[remote_ip]:[remote_port]" },
  ...{ expires: "300", refusal: "503 Service Unavailable", status: "503" },
};
/** For those that wait to be called: until the test ends them. */
const ENDLESS = 1_000_000;

/** A SIPp at an address of loopback that plays a node, the trunk or a stranger; it has no voice. */
export class Station {
  readonly host: string;
  readonly port: number;
  readonly #process: SippProcess;
  readonly #folder: SippFolder;
  readonly #trace: SippTrace;
  readonly #via: number | undefined;

  private constructor(options: { host: string; port: number; via: number | undefined }, parts: Parts) {
    this.host = options.host;
    this.port = options.port;
    this.#via = options.via;
    this.#process = parts.process;
    this.#folder = parts.folder;
    this.#trace = new SippTrace(parts.folder.messageLog, () => undefined);
    this.#trace.refresh();
  }

  /** Resolves when it can be called, or calls. */
  static async start(scenario: Scenario, options: StationOptions = {}): Promise<Station> {
    const { host = "127.0.0.1", port = await freeUdpPort(), via, tls, headers = [] } = options;
    const folder = await SippFolder.create();
    const values = { ...DEFAULTS, ...options.values, headers: headers.join("\n      ") };
    const scenarioFile = path.join(folder.path, `${scenario}.xml`);
    await writeFile(scenarioFile, await rendered(scenario, values));
    const process = await SippProcess.start({
      ...{ program: await sippProgram(), folder, scenarioFile, host, port, rtpPort: await freeUdpPort() },
      ...{ calls: options.calls ?? (via === undefined ? ENDLESS : 1), isStream: tls !== undefined },
      extra: [
        ...(via === undefined ? [] : [`127.0.0.1:${String(via)}`, "-cid_str", `%u-${randomUUID()}@%s`]),
        ...(tls === undefined ? [] : ["-t", "l1", "-tls_cert", tls.certificate, "-tls_key", tls.key]),
      ],
    });
    const station = new Station({ host, port, via }, { process, folder });
    try {
      await process.bound();
    } catch (error) {
      const errors = await folder.errors();
      await station.stop();
      throw new Error(`SIPp did not start: ${errors}`, { cause: error });
    }
    return station;
  }

  get uri(): string {
    return `sip:${this.host}:${String(this.port)}`;
  }

  /** SIP messages sent and received so far, in order. */
  get messages(): readonly TracedMessage[] {
    return this.#trace.messages;
  }

  /** All messages as they were on the wire. */
  async wire(): Promise<string> {
    return readFile(this.#folder.messageLog, "latin1");
  }

  /** Requests of this method that came in, retransmissions left out. */
  received(method: string): readonly TracedMessage[] {
    const first = new Map<string | undefined, TracedMessage>();
    for (const message of this.messages) {
      if (message.direction === "sent" || methodOf(message) !== method) continue;
      const transaction = header(message, "Via");
      if (!first.has(transaction)) first.set(transaction, message);
    }
    return [...first.values()];
  }

  /** Call-IDs of the calls that came in. */
  get calls(): readonly string[] {
    return this.received("INVITE")
      .filter((invite) => !isInDialog(invite))
      .map((invite) => header(invite, "Call-ID") ?? "");
  }

  /** Waits for the nth request of this method. */
  async receives(method: string, nth = 1): Promise<TracedMessage> {
    await this.#trace.waitFor(
      () => this.received(method).length >= nth,
      PATIENCE_MS,
      `${method} ${String(nth)}`,
    );
    const found = this.received(method)[nth - 1];
    if (found === undefined) throw new Error(`no ${method}`);
    return found;
  }

  async message(matches: (message: TracedMessage) => boolean, what: string): Promise<TracedMessage> {
    return this.#trace.waitFor(matches, PATIENCE_MS, what);
  }

  /** Says nothing more, while its port is bound: a machine that hangs. */
  hang(): void {
    process.kill(this.#process.pid, "SIGSTOP");
  }

  wake(): void {
    process.kill(this.#process.pid, "SIGCONT");
  }

  /** Has a caller hang up. SIPp takes no commands: the call's other end, at `from`, sends it one, by Kamailio. */
  async hangUp(from: string): Promise<void> {
    const ack = this.messages.find((message) => methodOf(message) === "ACK");
    if (ack === undefined || this.#via === undefined) throw new Error("it has no call to hang up");
    const [to, caller] = [header(ack, "To") ?? "", header(ack, "From") ?? ""];
    const text = renderSip({
      startLine: `X-HANG-UP sip:caller@${this.host}:${String(this.port)} SIP/2.0`,
      headers: [
        { name: "Via", value: `SIP/2.0/UDP ${from};branch=z9hG4bK${randomUUID()}` },
        { name: "Max-Forwards", value: "70" },
        { name: "Route", value: `<sip:127.0.0.1:${String(this.#via)};lr>` },
        ...[
          { name: "From", value: to },
          { name: "To", value: caller },
        ],
        { name: "Call-ID", value: header(ack, "Call-ID") ?? "" },
        { name: "CSeq", value: "1 X-HANG-UP" },
      ],
      body: "",
    });
    const socket = createSocket("udp4");
    socket.bind(0, from);
    await once(socket, "listening");
    await new Promise<void>((resolve, reject) => {
      socket.send(text, this.#via ?? 0, "127.0.0.1", (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    socket.close();
    await this.receives("X-HANG-UP");
  }

  /** Resolves when the scenario went as it should. @throws {Error} when it did not, with its story. */
  async done(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, "late")));
    const code = await Promise.race([this.#process.exited, late]);
    clearTimeout(timer);
    if (code === "late") throw new WaitedTooLong(`the scenario to end:\n${this.story()}`, PATIENCE_MS);
    if (code !== 0)
      throw new Error(`SIPp ended with ${String(code)}:\n${this.story()}\n${await this.#folder.errors()}`);
  }

  story(): string {
    return this.messages
      .map(({ direction, startLine }) => `${direction === "sent" ? "→" : "←"} ${startLine}`)
      .join("\n");
  }

  /** Ends it as a crash does; its messages are still known. */
  async kill(): Promise<void> {
    await this.#process.kill();
    this.#trace.refresh();
  }

  async stop(): Promise<void> {
    await this.kill();
    this.#trace.close(new Error("the station was stopped"));
    await this.#folder.remove();
  }
}

interface Parts {
  readonly process: SippProcess;
  readonly folder: SippFolder;
}

async function rendered(scenario: Scenario, values: Readonly<Record<string, string>>): Promise<string> {
  const xml = await readFile(new URL(`scenarios/${scenario}.xml`, import.meta.url), "utf8");
  // An empty header line would end the headers.
  const withHeaders = values["headers"] === "" ? xml.replace(/^ *\{\{headers\}\}\n/gm, "") : xml;
  return withHeaders.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`scenario ${scenario} needs a value for ${name}`);
    return value;
  });
}

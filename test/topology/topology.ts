import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setUp } from "../cli/honnin-command.js";
import { PostgresServer } from "../support/postgres.js";
import { WIDE_LIMITS } from "../support/wide-limits.js";
import { Crowd } from "./crowd.js";
import { type Settings, TopologyNode } from "./node.js";

const CLIENT = "shop";

interface Wanted {
  readonly nodes?: number;
  /** Of all nodes. */
  readonly settings?: Settings;
  /** Where the client's events go. */
  readonly webhook?: string;
}

/** Several nodes over one database, before a carrier with people behind it. */
export class Topology {
  readonly database: PostgresServer;
  readonly databaseUrl: string;
  readonly crowd: Crowd;
  readonly nodes: readonly TopologyNode[];
  /** The client's. */
  readonly key: string;
  readonly keyFile: string;

  private constructor(
    database: PostgresServer,
    databaseUrl: string,
    crowd: Crowd,
    nodes: readonly TopologyNode[],
    key: string,
    keyFile: string,
  ) {
    this.database = database;
    this.databaseUrl = databaseUrl;
    this.crowd = crowd;
    this.nodes = nodes;
    this.key = key;
    this.keyFile = keyFile;
  }

  static async start({ nodes: count = 3, settings = {}, webhook }: Wanted = {}): Promise<Topology> {
    await setUp();
    const [database, crowd] = await Promise.all([PostgresServer.start(), Crowd.start()]);
    const databaseUrl = await database.database("empty");
    const all = {
      ...WIDE_LIMITS,
      HONNIN_TRUNK_URI: `sip:127.0.0.1:${String(crowd.port)}`,
      HONNIN_CALLER_NUMBER: "0312345678",
      HONNIN_WEBHOOK_ALLOW_PRIVATE: "true",
      ...settings,
    };
    const names = Array.from({ length: count }, (_, index) => `node-${String(index + 1)}`);
    const nodes = await Promise.all(names.map((name) => TopologyNode.prepare(name, databaseUrl, all)));
    const [first, ...others] = nodes;
    if (first === undefined) throw new RangeError("no node is no topology");
    const key = await makeKey(first);
    for (const { keyFile } of others) {
      await mkdir(path.dirname(keyFile), { recursive: true, mode: 0o700 });
      await copyFile(first.keyFile, keyFile);
    }
    if (webhook !== undefined) await told(first, "webhooks", "set", "--client", CLIENT, "--url", webhook);
    const keyFile = path.join(first.dataDir, "api.key");
    await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
    await Promise.all(nodes.map((node) => node.start()));
    return new Topology(database, databaseUrl, crowd, nodes, key, keyFile);
  }

  node(index: number): TopologyNode {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`there is no node ${String(index)}`);
    return node;
  }

  async ask<Row extends Record<string, unknown>>(text: string): Promise<Row[]> {
    return this.database.ask<Row>(text, this.databaseUrl);
  }

  /** What the nodes have complained of, by name, for whoever has to find out why a test failed. */
  get complaints(): string {
    return this.nodes.map((node) => node.complaints.map((line) => `${node.name} ${line}`).join("\n")).join("\n");
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    await this.crowd.stop();
    await this.database.stop();
  }
}

async function told(node: TopologyNode, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await node.command(...args);
  if (code !== 0) throw new Error(`honnin ${args.join(" ")}: ${stderr}`);
  return stdout;
}

async function makeKey(node: TopologyNode): Promise<string> {
  const { key } = JSON.parse(await told(node, "key", "create", "--client", CLIENT, "--json")) as { key: string };
  return key;
}

import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { setUp } from "../cli/honnin-command.js";
import { freeUdpPort } from "../phones/ports.js";
import { Kamailio } from "../support/kamailio.js";
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
  /** The nodes reach the database themselves, without gates that could be cut and that cost something. */
  readonly isDirect?: boolean;
}

/** Several nodes over one database, behind one SIP address, before a carrier with people behind it. */
export class Topology {
  readonly database: PostgresServer;
  readonly databaseUrl: string;
  readonly crowd: Crowd;
  readonly kamailio: Kamailio;
  readonly nodes: readonly TopologyNode[];
  /** The client's. */
  readonly key: string;

  private constructor(
    database: PostgresServer,
    databaseUrl: string,
    crowd: Crowd,
    kamailio: Kamailio,
    nodes: readonly TopologyNode[],
    key: string,
  ) {
    this.database = database;
    this.databaseUrl = databaseUrl;
    this.crowd = crowd;
    this.kamailio = kamailio;
    this.nodes = nodes;
    this.key = key;
  }

  /** What has been started is stopped again when a later step fails. */
  static async start({
    nodes: count = 3,
    settings = {},
    webhook,
    isDirect = false,
  }: Wanted = {}): Promise<Topology> {
    await setUp();
    const database = await PostgresServer.start();
    const crowd = await Crowd.start();
    const port = await freeUdpPort();
    const nodes: TopologyNode[] = [];
    let kamailio: Kamailio | undefined;
    try {
      const databaseUrl = await database.database("empty");
      const all = {
        ...WIDE_LIMITS,
        HONNIN_TRUNK_URI: `sip:127.0.0.1:${String(port)}`,
        HONNIN_CALLER_NUMBER: "0312345678",
        HONNIN_WEBHOOK_ALLOW_PRIVATE: "true",
        ...(isDirect ? { HONNIN_DATABASE_URL: databaseUrl } : {}),
        ...settings,
      };
      for (let made = 1; made <= count; made += 1) {
        const host = `127.0.0.${String(10 + made)}`;
        nodes.push(await TopologyNode.prepare(`node-${String(made)}`, host, databaseUrl, all));
      }
      const targets = nodes.map(({ host, sipPort }) => `sip:r@${host}:${String(sipPort)}`);
      const trunks = [`sip:127.0.0.1:${String(crowd.port)}`];
      kamailio = await Kamailio.start({ port, nodes: targets, trunks });
      const key = await shared(nodes, webhook);
      await Promise.all(nodes.map((node) => node.start()));
      return new Topology(database, databaseUrl, crowd, kamailio, nodes, key);
    } catch (error) {
      await end(nodes, kamailio, crowd, database);
      throw error;
    }
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
    return this.nodes
      .map((node) => node.complaints.map((line) => `${node.name} ${line}`).join("\n"))
      .join("\n");
  }

  /** What became of those verifications, call by call, for whoever has to find out why a test failed. */
  async storiesOf(ids: readonly string[]): Promise<string> {
    if (ids.length === 0) return "";
    const list = ids.map((id) => `'${id}'`).join(",");
    const rows = await this.ask(
      `select v.id, v.status, v.reason, v.code_entries, v.next_attempt_at, a.node, a.started_at, a.answered_at,
           a.ended_at, a.outcome, a.sip_status, a.story
         from verifications v left join attempts a on a.verification_seq = v.seq where v.id in (${list})
         order by v.seq, a.started_at`,
    );
    return rows.map((row) => JSON.stringify(row)).join("\n");
  }

  stop(): Promise<void> {
    return end(this.nodes, this.kamailio, this.crowd, this.database);
  }
}

async function end(
  nodes: readonly TopologyNode[],
  kamailio: Kamailio | undefined,
  crowd: Crowd,
  database: PostgresServer,
): Promise<void> {
  await Promise.all(nodes.map((node) => node.end()));
  await kamailio?.stop();
  await crowd.stop();
  await database.stop();
}

/** Makes a client and the data key, which all nodes get. @returns the client's API key. */
async function shared(nodes: readonly TopologyNode[], webhook: string | undefined): Promise<string> {
  const [first, ...others] = nodes;
  if (first === undefined) throw new RangeError("no node is no topology");
  const made = await told(first, "key", "create", "--client", CLIENT, "--json");
  for (const { keyFile } of others) {
    await mkdir(path.dirname(keyFile), { recursive: true, mode: 0o700 });
    await copyFile(first.keyFile, keyFile);
  }
  if (webhook !== undefined) await told(first, "webhooks", "set", "--client", CLIENT, "--url", webhook);
  const { key } = JSON.parse(made) as { key: string };
  return key;
}

async function told(node: TopologyNode, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await node.command(...args);
  if (code !== 0) throw new Error(`honnin ${args.join(" ")}: ${stderr}`);
  return stdout;
}

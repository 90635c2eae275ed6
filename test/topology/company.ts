import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { now } from "./crowd-call.js";
import { codeOf, numberOf, type Person } from "./people.js";
import type { TopologyNode } from "./node.js";

/** A node that has not answered by then is left for the next, milliseconds. */
const ANSWER_MS = 4_000;
const ROUND_MS = 200;
const GIVE_UP_MS = 60_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A verification that was acknowledged; times in epoch milliseconds. */
export interface Acknowledged {
  readonly id: string;
  readonly number: string;
  readonly person: Person;
  /** When the acknowledgement came. */
  readonly at: number;
  readonly expiresAt: number;
  /** Whose answer it was. */
  readonly node: string;
}

/**
 * The servers of a company that registers, at one node after another: one that answers 503, or not at all, is left for
 * the next, with the same id.
 */
export class Company {
  readonly acknowledged: Acknowledged[] = [];
  /** Ids by their numbers, of all that was asked for. */
  readonly asked = new Map<string, string>();
  /** How many answers were none, or 503. */
  turnedAway = 0;
  readonly #nodes: readonly TopologyNode[];
  readonly #key: string;
  readonly #agents: ReadonlyMap<TopologyNode, Agent>;
  #next = 0;
  #serial = 0;

  constructor(nodes: readonly TopologyNode[], key: string) {
    this.#nodes = nodes;
    this.#key = key;
    this.#agents = new Map(
      nodes.map((node) => [node, new Agent({ ca: readFileSync(node.certFile), keepAlive: true })]),
    );
  }

  /** Has somebody called whom nobody has called before. @throws when no node takes it within a minute. */
  async register(
    person: Person,
    body: Readonly<Record<string, unknown>> = {},
    nodes = this.#nodes,
  ): Promise<Acknowledged> {
    const id = randomUUID();
    const number = numberOf(person, ++this.#serial);
    this.asked.set(number, id);
    const first = this.#next++;
    const text = JSON.stringify({ id, phone_number: number, code: codeOf(number), ...body });
    for (const giveUpAt = performance.now() + GIVE_UP_MS; performance.now() < giveUpAt;) {
      for (let tries = 0; tries < nodes.length; tries += 1) {
        const node = nodes[(first + tries) % nodes.length];
        if (node === undefined) break;
        const answer = await this.#post(node, "/v1/verifications", text);
        if (answer?.status === 201 || answer?.status === 200) {
          const { expires_at } = JSON.parse(answer.text) as { expires_at: string };
          const acknowledged = { id, number, person, at: now(), expiresAt: Date.parse(expires_at) };
          this.acknowledged.push({ ...acknowledged, node: node.name });
          return { ...acknowledged, node: node.name };
        }
        if (answer !== null && answer.status !== 503)
          throw new Error(`${node.name} answers ${String(answer.status)} ${answer.text}`);
        this.turnedAway += 1;
      }
      await delay(ROUND_MS);
    }
    throw new Error(`no node has taken ${id}`);
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  /** @returns null when there was no answer. */
  #post(node: TopologyNode, path: string, body: string): Promise<Answer | null> {
    const { addresses } = node;
    const agent = this.#agents.get(node);
    if (addresses === undefined || agent === undefined) return Promise.resolve(null);
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${this.#key}`, "content-type": "application/json" };
      const outgoing = request(addresses.api + path, { method: "POST", agent, headers, timeout: ANSWER_MS });
      outgoing.on("timeout", () => outgoing.destroy());
      outgoing.on("error", () => {
        resolve(null);
      });
      outgoing.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => {
          resolve(null);
        });
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      });
      outgoing.end(body);
    });
  }
}

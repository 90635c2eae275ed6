import type { Command } from "commander";
import { setTimeout as delay } from "node:timers/promises";
import type { Config } from "../../config.js";
import { setDrained } from "../../store/nodes.js";
import type { Store } from "../../store/store.js";
import { writeStore } from "../context.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { printJson, say } from "../output.js";
import { secondsOf } from "../seconds.js";
import { askStanding } from "../service-link.js";
import { suggestion } from "../suggestion.js";
import { noteCommand } from "../who-runs.js";
import { seenNodes, type SeenNode } from "./seen-nodes.js";

interface DrainOptions {
  wait?: true;
  timeout: string;
  json?: true;
}

const LOOK_MS = 500;

export function addDrainCommands(node: Command): void {
  node
    .command("drain")
    .argument("<name>", "as honnin node list shows it")
    .option("--wait", "until it has no calls")
    .option("--timeout <seconds>", "how long to wait; then exit 1", "600")
    .option("--json", "print JSON")
    .description(
      "let a node take no calls from now on, also after a restart: it refuses registrations (503) and is not ready; calls in progress go on, and what waits the other nodes call",
    )
    .action(drain);
  node
    .command("undrain")
    .argument("<name>", "as honnin node list shows it")
    .option("--json", "print JSON")
    .description("let a node take calls again")
    .action(undrain);
}

function drain(name: string, { wait, timeout, json }: DrainOptions): Promise<void> {
  const timeoutMs = secondsOf("--timeout", timeout) * 1000;
  return writeStore(async (store, config) => {
    await change(store, config, name, true);
    const since = store.now();
    if (wait === true) await waitUntilEmpty(store, config, { name, since, timeoutMs });
    await tell(store, config, name, json);
  });
}

function undrain(name: string, { json }: { json?: true }): Promise<void> {
  return writeStore(async (store, config) => {
    await change(store, config, name, false);
    await tell(store, config, name, json);
  });
}

/** One that is so already stays so, and the trail has no second line. */
async function change(store: Store, config: Config, name: string, drains: boolean): Promise<void> {
  const { row } = await seen(store, config, name);
  if ((row.drained_at !== null) === drains) return;
  await store.write(async (db) => {
    await setDrained(db, name, drains ? store.now() : null);
    await noteCommand(db, store, { act: drains ? "node.drained" : "node.undrained", target: name });
  });
}

interface Waiting {
  readonly name: string;
  /** When the order was committed, by the time of the database. */
  readonly since: number;
  readonly timeoutMs: number;
}

/** @throws {CommandError} when calls are left at the end. */
async function waitUntilEmpty(store: Store, config: Config, waiting: Waiting): Promise<void> {
  const { name, since, timeoutMs } = waiting;
  const giveUpAt = performance.now() + timeoutMs;
  for (let told = ""; ;) {
    const node = await seen(store, config, name);
    const knows = await hasHeard(config, node, since);
    if (knows && node.calls === 0) return;
    const progress = knows ? `${name}: ${String(node.calls)} 通話中 / calls in progress` : "";
    if (progress !== told && progress !== "") say(progress);
    told = progress;
    if (performance.now() > giveUpAt)
      throw new CommandError(
        knows
          ? `${name} has ${String(node.calls)} calls still; it takes no others [calls_left]`
          : `${name} has not heard of it yet [calls_left]`,
        EXIT.negative,
      );
    await delay(LOOK_MS);
  }
}

/** Until it has, it may begin one more. One that is not there begins none, and others close what it left. */
async function hasHeard(config: Config, node: SeenNode, since: number): Promise<boolean> {
  if (node.state === "gone") return true;
  if (node.lastSign !== null) return node.lastSign > since;
  const standing = await askStanding(config.dataDir);
  return standing?.troubles.includes("draining") === true;
}

async function tell(store: Store, config: Config, name: string, json: true | undefined): Promise<void> {
  const { state, calls } = await seen(store, config, name);
  if (json) printJson({ name, state, calls });
  else say(`${name}: ${state}`);
}

/** @throws {CommandError} when there is none of that name. */
async function seen(store: Store, config: Config, name: string): Promise<SeenNode> {
  const nodes = await seenNodes(store, config);
  const node = nodes.find(({ row }) => row.name === name);
  if (node !== undefined) return node;
  const names = nodes.map(({ row }) => row.name);
  const there = names.length === 0 ? "there is none" : `there are ${names.join(", ")}`;
  throw new CommandError(
    `no node is named ${name}${suggestion(name, names)}: ${there} [node_unknown]`,
    EXIT.negative,
  );
}

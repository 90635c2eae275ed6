import type { Command } from "commander";
import { isoTime, readStore } from "../context.js";
import { printJson, printTable } from "../output.js";
import { seenNodes, type SeenNode } from "./seen-nodes.js";

export function addListCommand(node: Command): void {
  node
    .command("list")
    .option("--json", "print JSON")
    .description(
      "list the nodes: whether each is up, drained (draining while it has calls), silent or gone, since which epoch, and which has the duty of the steward (webhooks, and deleting what is old)",
    )
    .action(list);
}

function list({ json }: { json?: true }): Promise<void> {
  return readStore(async (store, config) => {
    const nodes = await seenNodes(store, config);
    if (json) printJson(nodes.map(nodeJson));
    else printTable(["NAME", "STATE", "EPOCH", "VERSION", "CALLS", "LAST SIGN", "DUTY"], nodes.map(nodeLine));
  });
}

function nodeLine({ row, state, calls, lastSign, isSteward }: SeenNode): readonly string[] {
  const { name, epoch, version } = row;
  return [
    ...[name, state, String(epoch), version, String(calls), isoTime(lastSign)],
    isSteward ? "steward" : "",
  ];
}

function nodeJson({ row, state, calls, lastSign, isSteward }: SeenNode): Readonly<Record<string, unknown>> {
  const time = (at: number | null): string | null => isoTime(at) || null;
  return {
    ...{ name: row.name, state, epoch: row.epoch, version: row.version, calls },
    joined_at: time(row.joined_at),
    last_sign_at: time(lastSign),
    left_at: time(row.left_at),
    drained_at: time(row.drained_at),
    duties: isSteward ? ["steward"] : [],
  };
}

import type { NodeRow } from "./nodes.js";

/** A node that gave no sign of life for so long is given up: what it left open others close within ten seconds of its last. */
export const GIVEN_UP_MS = 6_000;

/**
 * `draining`: it has calls still; `silent`: it is late with its sign of life, and about to be given up; `gone`: it has
 * left, or was given up.
 */
export const NODE_STATES = ["up", "draining", "drained", "silent", "gone"] as const;
export type NodeState = (typeof NODE_STATES)[number];

/**
 * How a node is that shares its database with others.
 *
 * @param calls that it has in progress.
 * @param now the time of the database.
 */
export function nodeState(
  { left_at, seen_at, drained_at }: Pick<NodeRow, "left_at" | "seen_at" | "drained_at">,
  calls: number,
  now: number,
): NodeState {
  if (left_at !== null) return "gone";
  if (now - seen_at > GIVEN_UP_MS) return "silent";
  if (drained_at === null) return "up";
  return calls > 0 ? "draining" : "drained";
}

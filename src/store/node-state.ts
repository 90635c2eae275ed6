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
 * How a node is.
 *
 * @param calls that it has in progress.
 * @param now the time of the database; null: it is the only one that may be, and gives no signs of life.
 */
export function nodeState(
  { left_at, seen_at, drained_at }: Pick<NodeRow, "left_at" | "seen_at" | "drained_at">,
  calls: number,
  now: number | null,
): NodeState {
  if (left_at !== null) return "gone";
  if (now !== null && now - seen_at > GIVEN_UP_MS) return "silent";
  if (drained_at === null) return "up";
  return calls > 0 ? "draining" : "drained";
}

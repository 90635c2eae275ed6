import type { Config } from "../../config.js";
import { nodeState, type NodeState } from "../../store/node-state.js";
import { findDutyHolder, STEWARD } from "../../store/duties.js";
import { countOpenCalls, listNodes, type NodeRow } from "../../store/nodes.js";
import type { Store } from "../../store/store.js";
import { servicePid } from "../service-link.js";

/** A node as a command sees it. */
export interface SeenNode {
  readonly row: NodeRow;
  readonly state: NodeState;
  readonly calls: number;
  /** Epoch milliseconds; null: none is given, for it is the only one that may be. */
  readonly lastSign: number | null;
  readonly isSteward: boolean;
}

/** All nodes of a database, by name. */
export async function seenNodes(store: Store, { dataDir }: Pick<Config, "dataDir">): Promise<SeenNode[]> {
  const rows = await listNodes(store.read);
  const calls = await countOpenCalls(store.read);
  const callsOf = ({ name }: NodeRow): number => calls.get(name) ?? 0;
  if (!store.isShared) {
    // It tells nothing by itself that it is there: what says so is its process, which has the data directory.
    const runs = (await servicePid(dataDir)) !== null;
    return rows.map((row) => {
      const state = runs ? nodeState(row, callsOf(row), null) : "gone";
      return { row, state, calls: callsOf(row), lastSign: null, isSteward: state !== "gone" };
    });
  }
  const steward = await findDutyHolder(store.read, { duty: STEWARD });
  const now = store.now();
  return rows.map((row) => ({
    row,
    state: nodeState(row, callsOf(row), now),
    calls: callsOf(row),
    lastSign: row.seen_at,
    isSteward: steward?.name === row.name,
  }));
}

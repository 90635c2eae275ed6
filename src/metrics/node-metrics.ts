import type { Clock } from "../clock.js";
import { NODE_STATES, nodeState, type NodeState } from "../store/node-state.js";
import { countOpenCalls, listNodes } from "../store/nodes.js";
import type { Store } from "../store/store.js";
import type { MetricsRegistry, Tally } from "./metrics-registry.js";

/** As often as a sign of life would change it. */
const KEPT_MS = 1_000;

interface NodeSources {
  readonly store: Store;
  readonly clock: Clock;
  /** Whether this node is the one that does what only one may do. */
  readonly isSteward: () => boolean;
}

/** The nodes of the database, as this one sees them; names are no labels, for a container has another each time. */
export class NodeMetrics {
  readonly #registry: MetricsRegistry;
  readonly #fenced: Tally<never>;

  constructor(registry: MetricsRegistry) {
    this.#registry = registry;
    this.#fenced = registry.counter(
      "honnin_node_fenced_total",
      "How often the others gave this node up while it ran",
      [],
      [{}],
    );
  }

  fenced(): void {
    this.#fenced.add({});
  }

  watch({ store, clock, isSteward }: NodeSources): void {
    let counts: ReadonlyMap<NodeState, number> | null = null;
    let readAt = -Infinity;
    this.#registry.beforeText(async () => {
      if (performance.now() - readAt < KEPT_MS) return;
      readAt = performance.now();
      // What cannot be read is not shown, rather than as it was.
      counts = await countNodes(store, clock()).catch(() => null);
    });
    this.#registry.gauges(
      "honnin_nodes",
      "Nodes on this database, by how they are; those that left a week ago are forgotten",
      ["state"],
      () => [...(counts ?? [])].map(([state, value]) => ({ labels: { state }, value })),
    );
    this.#registry.gauge("honnin_node_steward", "Whether this node does what one does for all", () =>
      Number(isSteward()),
    );
  }
}

async function countNodes(store: Store, now: number): Promise<ReadonlyMap<NodeState, number>> {
  const counts = new Map<NodeState, number>(NODE_STATES.map((state) => [state, 0]));
  const calls = await countOpenCalls(store.read);
  for (const row of await listNodes(store.read)) {
    const state = nodeState(row, calls.get(row.name) ?? 0, store.isShared ? now : null);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

import type { Store } from "../store/store.js";
import type { WriteEnd } from "../store/store-traffic.js";
import type { MetricsRegistry } from "./metrics-registry.js";
import { combinations } from "./words.js";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const WRITES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const ENDS: readonly WriteEnd[] = ["committed", "refused", "failed"];

/** The database: what is written, and how long somebody waits for that. */
export function watchStore(registry: MetricsRegistry, store: Store): void {
  const writes = registry.counter(
    "honnin_store_writes_total",
    "Writes by how they ended; of failed ones the work itself threw, as of a rule that says no",
    ["end"],
    combinations({ end: ENDS }),
  );
  const seconds = registry.histogram(
    "honnin_store_write_seconds",
    "From a write's being asked for to its being durable; those with urgency soon wait for company, 0.1 s at most",
    SECONDS,
    ["urgency"],
  );
  registry.total(
    "honnin_store_commits_total",
    "Transactions; writes by commits is how many share one",
    () => store.traffic.commits,
  );
  const batches = registry.histogram(
    "honnin_store_commit_writes",
    "Writes that shared one transaction: where it grows, the disk or the database sets the pace",
    WRITES,
    [],
  );
  const commits = registry.histogram(
    "honnin_store_commit_seconds",
    "One transaction from its beginning to its being durable, without the wait for its turn",
    SECONDS,
    [],
  );
  store.traffic.listen(
    (end, urgency, ms) => {
      writes.add({ end });
      seconds.observe({ urgency }, ms / 1000);
    },
    (count, ms) => {
      batches.observe({}, count);
      commits.observe({}, ms / 1000);
    },
  );
}

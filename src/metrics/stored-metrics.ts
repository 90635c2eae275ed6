import { budgetStandings } from "../acts/budget-standing.js";
import type { YenBudget } from "../clients/call-limits.js";
import type { Clock } from "../clock.js";
import { lastAuditLine } from "../store/audit.js";
import type { Store } from "../store/store.js";
import { countDeliveries } from "../store/webhook-deliveries.js";
import type { MetricsRegistry, Reading } from "./metrics-registry.js";

interface Stored {
  readonly deliveries: { readonly pending: number; readonly failed: number };
  readonly budgets: readonly Reading<"period">[];
  readonly auditLines: number;
  readonly bytes: number;
}

/** A webhook that is down for days has its deliveries counted in a partial index: not at every scrape. */
const KEPT_MS = 4_000;

interface StoredParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Of all clients together. */
  readonly budget: YenBudget;
  /** What the database takes on a disk, be it another machine's. */
  readonly bytes: () => Promise<number>;
}

/** What is read from the database when somebody asks: a row by its key, the end of an index, or a partial index. */
export function watchStored(registry: MetricsRegistry, parts: StoredParts): void {
  let stored: Stored | null = null;
  let readAt = -Infinity;
  registry.beforeText(async () => {
    if (performance.now() - readAt < KEPT_MS) return;
    readAt = performance.now();
    // What cannot be read is not shown, rather than as it was.
    stored = await read(parts).catch(() => null);
  });
  registry.gauges(
    "honnin_webhook_deliveries",
    "Events on their way to a webhook, and given up",
    ["state"],
    () =>
      stored === null
        ? []
        : [
            { labels: { state: "waiting" }, value: stored.deliveries.pending },
            { labels: { state: "given_up" }, value: stored.deliveries.failed },
          ],
  );
  registry.gauges(
    "honnin_budget_used_ratio",
    "How much of the budget for all calls together is spent, calls in progress at the most that they may cost",
    ["period"],
    () => stored?.budgets ?? [],
  );
  registry.gauge("honnin_audit_lines", "Lines of the audit trail so far", () => stored?.auditLines ?? null);
  registry.gauge("honnin_database_size_bytes", "The database on its disk", () => stored?.bytes ?? null);
}

async function read({ store, clock, budget, bytes }: StoredParts): Promise<Stored> {
  const standings = await budgetStandings(store.read, null, budget, clock());
  return {
    deliveries: await countDeliveries(store.read),
    budgets: standings.flatMap(({ period, budgetYen, spentYen }) =>
      budgetYen === null || budgetYen === 0 ? [] : [{ labels: { period }, value: spentYen / budgetYen }],
    ),
    auditLines: await lastAuditLine(store.read),
    bytes: await bytes(),
  };
}

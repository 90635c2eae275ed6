import type { Kysely } from "kysely";
import type { YenBudget } from "../clients/call-limits.js";
import { counted } from "../store/counters.js";
import type { Schema } from "../store/schema.js";
import { spendingAccounts } from "./budgets.js";

/** How much of a budget is spent. */
export interface BudgetStanding {
  readonly period: "day" | "month";
  /** Which: `2026-11-27` or `2026-11`. */
  readonly of: string;
  /** Null: spending is counted and not bounded. */
  readonly budgetYen: number | null;
  /** Calls in progress at the most that they may cost. */
  readonly spentYen: number;
}

/** What has been spent in the day and the month of a moment. @param clientId null: by all clients together. */
export async function budgetStandings(
  db: Kysely<Schema>,
  clientId: string | null,
  budget: YenBudget,
  now: number,
): Promise<BudgetStanding[]> {
  const accounts = spendingAccounts(clientId, budget, now);
  const standings = accounts.map(async ({ period, of, key, budget: thousandths }) => ({
    ...{ period, of },
    budgetYen: thousandths === null ? null : thousandths / 1000,
    spentYen: (await counted(db, key)) / 1000,
  }));
  return Promise.all(standings);
}

import type { Kysely } from "kysely";
import { dayInJapan, monthInJapan } from "../verification/japan-calendar.js";
import type { CallLimits, YenBudget } from "../clients/call-limits.js";
import { count, counted, type CounterKey, tellOnce } from "../store/counters.js";
import { tellClient } from "./tell-client.js";
import { type BudgetNotice, hint } from "../store/hints.js";
import type { Schema } from "../store/schema.js";
import type { Vault } from "../vault/vault.js";

/** Shares of a budget that are told of, in percent; the last also when a call was refused for it. */
const SHARES = [100, 80, 50] as const;

/** What a call is charged to: a client or all, a day or a month. */
interface Account extends Pick<BudgetNotice, "clientId" | "period" | "of"> {
  readonly key: CounterKey;
  /** Thousandths of a yen; null: spending is counted and not bounded. */
  readonly budget: number | null;
}

function accountsOf(
  clientId: string,
  limits: Pick<CallLimits, "budget" | "ownBudget">,
  at: number,
): Account[] {
  return [...spendingAccounts(clientId, limits.ownBudget, at), ...spendingAccounts(null, limits.budget, at)];
}

/** What is charged with a client's calls, or with those of all, at a time: its day and its month. */
export function spendingAccounts(clientId: string | null, yen: YenBudget, at: number): Account[] {
  return (
    [
      ["day", dayInJapan(at), yen.day],
      ["month", monthInJapan(at), yen.month],
    ] as const
  ).map(([period, of, budget]) => ({
    clientId,
    period,
    of,
    key: { scope: `spent/${clientId ?? ""}`, period: of },
    budget: budget === null ? null : budget * 1000,
  }));
}

/** A budget that one more call would go over. */
export type Exhausted = Pick<BudgetNotice, "clientId" | "period" | "budgetYen">;

/**
 * Looks whether a call is within all budgets; when not, those whom it concerns are told, once a period.
 *
 * @param cost the most that it may cost, thousandths of a yen.
 */
export async function exhaustedBy(
  db: Kysely<Schema>,
  vault: Vault,
  clientId: string,
  limits: Pick<CallLimits, "budget" | "ownBudget">,
  cost: number,
  now: number,
): Promise<Exhausted | null> {
  for (const account of accountsOf(clientId, limits, now)) {
    if (account.budget === null) continue;
    const spent = await counted(db, account.key);
    if (spent + cost <= account.budget) continue;
    await tell(db, vault, account, spent, 100, now);
    return { clientId: account.clientId, period: account.period, budgetYen: account.budget / 1000 };
  }
  return null;
}

/** Charges a call that is about to be made with the most that it may cost. It was found to be within all budgets. */
export async function reserve(
  db: Kysely<Schema>,
  vault: Vault,
  clientId: string,
  limits: Pick<CallLimits, "budget" | "ownBudget">,
  cost: number,
  now: number,
): Promise<void> {
  for (const account of accountsOf(clientId, limits, now)) {
    const spent = await count(db, account.key, cost, null);
    const { budget } = account;
    if (budget === null) continue;
    const percent = SHARES.find((share) => spent * 100 >= budget * share);
    if (percent !== undefined) await tell(db, vault, account, spent, percent, now);
  }
}

/** Puts right what a call was charged with. @param startedAt the day and month that it was charged to. */
export async function settle(
  db: Kysely<Schema>,
  clientId: string,
  startedAt: number,
  more: number,
): Promise<void> {
  if (more === 0) return;
  const none = { day: null, month: null };
  for (const { key } of accountsOf(clientId, { budget: none, ownBudget: none }, startedAt)) {
    await count(db, key, more, null);
  }
}

async function tell(
  db: Kysely<Schema>,
  vault: Vault,
  { clientId, period, of, key, budget }: Account,
  spent: number,
  percent: BudgetNotice["percent"],
  now: number,
): Promise<void> {
  // There is no row of a period in which nothing was spent yet.
  if (spent === 0) await count(db, key, 0, null);
  if (!(await tellOnce(db, key, percent))) return;
  const notice: BudgetNotice = {
    clientId,
    period,
    of,
    percent,
    budgetYen: (budget ?? 0) / 1000,
    spentYen: spent / 1000,
  };
  hint(db, "budget", notice);
  if (clientId === null) return;
  const data = { period, of, percent, budget_yen: notice.budgetYen, spent_yen: notice.spentYen };
  await tellClient(db, vault, "budget.threshold", data, { clientId, verificationSeq: null, now });
}

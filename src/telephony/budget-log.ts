import type { Logger } from "../log.js";
import type { Store } from "../store/store.js";

/** Says in the log of what share of a budget is spent: whoever pays has to hear of it also where no client listens. */
export function tellOfBudgets(store: Store, log: Logger): void {
  store.hints.on("budget", ({ clientId, period, of, percent, budgetYen, spentYen }) => {
    const what = clientId === null ? "the budget for all calls" : "a client's budget for calls";
    log.warn(percent === 100 ? `${what} is spent: no more are made` : `${what} is spent to ${percent} %`, {
      client: clientId,
      period,
      of,
      percent,
      budget_yen: budgetYen,
      spent_yen: spentYen,
    });
  });
}

import { type BudgetStanding, budgetStandings } from "../../acts/budget-standing.js";
import { hasRoomToday } from "../../acts/daily-quota.js";
import { limitsOfClient } from "../../clients/call-limits.js";
import { hasAdmin } from "../../store/admins.js";
import { listClients } from "../../store/clients.js";
import { countOverCapacity } from "../../store/last-calls.js";
import { readClientSettings } from "../../store/stored-client-settings.js";
import { DAY_MS } from "../../verification/durations.js";
import { type FoundIn, group } from "./finding.js";
import { USAGE_FINDINGS } from "./usage-findings.js";

type Seen = FoundIn<typeof USAGE_FINDINGS>;

const NEARLY = 0.9;

/** What is used up: budgets, limits, lines; and whether somebody can log in to see it. */
export const usageGroup = group(
  { ja: "予算、上限、アカウント", en: "Budgets, limits and accounts" },
  USAGE_FINDINGS,
  async ({ store, settings, config, now }) => {
    if (store === null || settings === null || config === null) return [];
    const service = settings.calls.limits.calls;
    const found = (await budgetStandings(store.read, null, service.budget, now)).flatMap((one) =>
      judge(one, "HONNIN_BUDGET_YEN_PER"),
    );
    for (const { id, name } of await listClients(store.read)) {
      const limits = limitsOfClient(service, await readClientSettings(store.read, id));
      const own = await budgetStandings(store.read, id, limits.ownBudget, now);
      found.push(...own.flatMap((one) => judge(one, `${name}: budget_yen_per`)));
      if (!(await hasRoomToday(store.read, id, limits.registrationsPerDay, now))) {
        found.push({ id: "registrations-used-up", seen: `${name}: ${String(limits.registrationsPerDay)}` });
      }
    }
    const lacking = await countOverCapacity(store.read, now - DAY_MS);
    if (lacking > 0) {
      const seen = `over_capacity: ${String(lacking)}; HONNIN_TRUNK_MAX_CALLS=${String(config.trunkMaxCalls)}, HONNIN_TRUNK_MAX_CPS=${String(config.trunkMaxCps)}`;
      found.push({ id: "lines-too-few", seen });
    }
    if (!(await hasAdmin(store.read)))
      found.push({ id: "admin-missing", seen: `HONNIN_CONSOLE_PORT=${String(config.consolePort)}` });
    return found;
  },
);

function judge({ period, of, budgetYen, spentYen }: BudgetStanding, whose: string): Seen[] {
  if (budgetYen === null || spentYen < budgetYen * NEARLY) return [];
  const name = whose.startsWith("HONNIN_") ? `${whose}_${period.toUpperCase()}` : `${whose}_${period}`;
  const seen = `${name}=${String(budgetYen)}; ${of}: ${String(Math.round(spentYen))}`;
  return [{ id: spentYen >= budgetYen ? "budget-spent" : "budget-nearly-spent", seen }];
}

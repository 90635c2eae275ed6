import { budgetStandings } from "../../acts/budget-standing.js";
import { parseFields } from "../../http/parse-body.js";
import type { Request } from "express";
import type { Statement } from "../../representation/statement.js";
import { listClients } from "../../store/clients.js";
import type { ClientTable } from "../../store/schema.js";
import { readClientSettings } from "../../store/stored-client-settings.js";
import { type Month, monthOf, parseMonth } from "../../usage/month.js";
import { projectCounts, sharePassed } from "../../usage/projection.js";
import { makeStatement } from "../../usage/statement.js";
import { usageCsv } from "../../usage/usage-table.js";
import type { ConsoleParts } from "../console-parts.js";
import { type Usage, usageQuerySchema } from "../contract/usage.js";
import { Refusal } from "../refusal.js";
import type { SignedInRoute } from "../signed-in.js";

interface ClientMonth {
  readonly client: ClientTable;
  readonly statement: Statement;
  readonly projectedTotal: number | null;
}

/** `GET /api/usage?month=`: what each client used, what it costs, the budgets, and what the month may come to. */
export function usageRoute(parts: ConsoleParts): SignedInRoute {
  return async (request, response) => {
    const now = parts.clock();
    const month = monthAsked(request, now);
    const share = sharePassed(month, now);
    const months = await clientMonths(parts, month, share);
    const current = monthOf(now).name;
    const body: Usage = {
      month: month.name,
      current_month: current,
      tariff: parts.tariff,
      clients: months.map(({ client: { id, name }, statement, projectedTotal }) => ({
        ...{ id, name },
        statement: { ...statement, lines: [...statement.lines] },
        projected_total: projectedTotal,
      })),
      total: sum(months.map(({ statement }) => statement.total)),
      projected_total: share === null ? null : sum(months.map(({ projectedTotal }) => projectedTotal ?? 0)),
      budgets: month.name === current ? await budgets(parts, months, share, now) : [],
    };
    response.json(body);
  };
}

/** `GET /api/usage.csv?month=`: the same lines that `honnin usage --csv` prints, as Excel opens them. */
export function usageCsvRoute(parts: ConsoleParts): SignedInRoute {
  return async (request, response) => {
    const month = monthAsked(request, parts.clock());
    const months = await clientMonths(parts, month, null);
    const statements = months.map(({ client: { name }, statement }) => ({ client: name, statement }));
    response.attachment(`honnin-usage-${month.name}.csv`);
    response.type("text/csv; charset=utf-8");
    response.send(usageCsv(statements, { bom: true, newline: "\r\n" }));
  };
}

function monthAsked(request: Request, now: number): Month {
  const { month: name } = parseFields(usageQuerySchema, request.query);
  const month = name === undefined ? monthOf(now) : parseMonth(name);
  if (month === undefined) throw new Refusal("invalid_request", "month is not YYYY-MM");
  return month;
}

async function clientMonths(
  { store, tariff }: ConsoleParts,
  month: Month,
  share: number | null,
): Promise<ClientMonth[]> {
  const { included } = tariff.outbound;
  const all = (await listClients(store.read)).map(async (client): Promise<ClientMonth> => {
    const { from, to } = month;
    const counts = await store.meter.read({ clientId: client.id, from, to, includedCalls: included });
    const price = (of: typeof counts): Statement => makeStatement(month.name, of, tariff);
    return {
      client,
      statement: price(counts),
      projectedTotal: share === null ? null : price(projectCounts(counts, share, included)).total,
    };
  });
  return Promise.all(all);
}

/** Of all together, then of each client. */
async function budgets(
  { store, budget }: ConsoleParts,
  months: readonly ClientMonth[],
  share: number | null,
  now: number,
): Promise<Usage["budgets"]> {
  const whose = months.map(async ({ client: { id, name } }) => {
    const settings = await readClientSettings(store.read, id);
    return {
      client: { id, name },
      budget: { day: settings.budget_yen_per_day, month: settings.budget_yen_per_month },
    };
  });
  const accounts = [{ client: null, budget }, ...(await Promise.all(whose))];
  const rows = accounts.map(async ({ client, budget: own }) => {
    const standings = await budgetStandings(store.read, client?.id ?? null, own, now);
    return standings.map(({ period, of, budgetYen, spentYen }) => ({
      ...{ client, period, of, budget: budgetYen, spent: spentYen },
      projected: period === "month" && share !== null ? Math.round(spentYen / share) : null,
    }));
  });
  return (await Promise.all(rows)).flat();
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}

import type { Command } from "commander";
import { listClients } from "../store/clients.js";
import type { ClientTable } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { countUsage } from "../store/count-usage.js";
import { existingClient } from "./client.js";
import { monthOf, parseMonth } from "../usage/month.js";
import { makeStatement } from "../usage/statement.js";
import type { Statement } from "../representation/statement.js";
import { loadTariff } from "../usage/tariff.js";
import { readStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable } from "./output.js";

interface UsageOptions {
  month?: string;
  client?: string;
  json?: true;
  csv?: true;
}

const HEADER = ["client", "month", "service", "item", "line_type", "units", "seconds", "price", "amount"];

export function addUsageCommand(program: Command): void {
  program
    .command("usage")
    .option("--month <YYYY-MM>", "a month in Japan's time; default: the current one")
    .option("--client <name>", "one client; default: all")
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .description("what was used in a month, and what it costs by the tariff")
    .action(usage);
}

function usage(options: UsageOptions): Promise<void> {
  return readStore(async (store, config) => {
    const month = options.month === undefined ? monthOf(Date.now()) : parseMonth(options.month);
    if (month === undefined) throw new CommandError("--month wants YYYY-MM", EXIT.usage);
    const tariff = loadTariff(config.tariff);
    const statements: { client: string; statement: Statement }[] = [];
    for (const client of await clientsOf(store, options.client)) {
      const counts = await countUsage(store.read, client.id, month, tariff.outbound.included);
      statements.push({ client: client.name, statement: makeStatement(month.name, counts, tariff) });
    }
    if (options.json) {
      printJson(statements.map(({ client, statement }) => ({ client, ...statement })));
      return;
    }
    const rows = statements.flatMap(({ client, statement }) => asRows(client, statement));
    if (options.csv) for (const row of [HEADER, ...rows]) printData(row.map(csvCell).join(","));
    else printTable(HEADER, rows);
  });
}

async function clientsOf(store: Store, name: string | undefined): Promise<readonly ClientTable[]> {
  if (name === undefined) return listClients(store.read);
  return [await existingClient(store, name)];
}

function asRows(client: string, { month, lines, total }: Statement): string[][] {
  const rows = lines.map((line) => [
    ...[client, month, line.service, line.item, line.line_type ?? "", String(line.units)],
    ...[line.seconds === null ? "" : String(line.seconds), String(line.price), String(line.amount)],
  ]);
  return [...rows, [client, month, "total", "", "", "", "", "", String(total)]];
}

/** RFC 4180; a leading = + - @ would be run as a formula by a spreadsheet. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

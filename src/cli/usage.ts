import type { Command } from "commander";
import { listClients } from "../store/clients.js";
import type { ClientTable } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { countUsage } from "../store/count-usage.js";
import { existingClient } from "./client.js";
import { monthOf, parseMonth } from "../usage/month.js";
import { makeStatement } from "../usage/statement.js";
import { loadTariff } from "../usage/tariff.js";
import { type ClientStatement, USAGE_HEADER, usageCsv, usageRows } from "../usage/usage-table.js";
import { readStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable } from "./output.js";

interface UsageOptions {
  month?: string;
  client?: string;
  json?: true;
  csv?: true;
}

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
    const statements: ClientStatement[] = [];
    for (const client of await clientsOf(store, options.client)) {
      const counts = await countUsage(store.read, client.id, month, tariff.outbound.included);
      statements.push({ client: client.name, statement: makeStatement(month.name, counts, tariff) });
    }
    if (options.json) {
      printJson(statements.map(({ client, statement }) => ({ client, ...statement })));
      return;
    }
    if (options.csv) printData(usageCsv(statements, { bom: false, newline: "\n" }).trimEnd());
    else printTable(USAGE_HEADER, usageRows(statements));
  });
}

async function clientsOf(store: Store, name: string | undefined): Promise<readonly ClientTable[]> {
  if (name === undefined) return listClients(store.read);
  return [await existingClient(store, name)];
}

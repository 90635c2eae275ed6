import { expect } from "chai";
import { sql } from "kysely";
import { parse } from "yaml";
import type { Month } from "../../src/usage/month.js";
import { openStore } from "../support/test-database.js";

/** Few are included, so that a handful of calls is partly included and partly charged. */
export const TARIFF = `
inbound: { monthly_base: 1000, included: 1, per_unit: 7 }
outbound: { monthly_base: 5000, included: 2, per_unit: { fixed: 11, mobile: 13, ip: 17, unknown: 19 } }
sms: { monthly_base: 0, included: 0, per_unit: 0 }
`;

interface Line {
  readonly service: string;
  readonly item: string;
  readonly line_type: string | null;
  readonly units: number;
  readonly seconds: number | null;
  readonly price: number;
  readonly amount: number;
}

export interface Bill {
  readonly month: string;
  readonly lines: readonly Line[];
  readonly total: number;
}

interface Prices {
  readonly inbound: { readonly monthly_base: number; readonly included: number; readonly per_unit: number };
  readonly outbound: {
    readonly monthly_base: number;
    readonly included: number;
    readonly per_unit: Readonly<Record<string, number>>;
  };
}

/** The month's bill, made here from the stored rows and the tariff, by no code of the product's. */
export async function billFromRows(dataDir: string, month: Month): Promise<Bill> {
  const { inbound, outbound } = parse(TARIFF) as Prices;
  const store = await openStore(dataDir);
  const { rows: requests } = await sql`
    select seq from verifications where direction = 'inbound' and created_at between ${month.from} and ${month.to - 1}
  `.execute(store.read);
  const { rows: answered } = await sql<{ line_type: string; answered_at: number; ended_at: number }>`
    select v.line_type, a.answered_at, a.ended_at from attempts a
    join verifications v on v.seq = a.verification_seq
    where a.direction = 'outbound' and a.answered_at between ${month.from} and ${month.to - 1}
    order by a.answered_at, a.id
  `.execute(store.read);
  await store.close();
  const free = Math.min(requests.length, inbound.included);
  const base = (service: string, price: number): Line => ({
    ...{ service, item: "base", line_type: null, units: 1, seconds: null, price, amount: price },
  });
  const requested = { service: "inbound", line_type: null, seconds: null };
  const lines: Line[] = [
    base("inbound", inbound.monthly_base),
    { ...requested, item: "included", units: free, price: 0, amount: 0 },
    {
      ...{ ...requested, item: "unit", units: requests.length - free, price: inbound.per_unit },
      amount: (requests.length - free) * inbound.per_unit,
    },
    base("outbound", outbound.monthly_base),
  ];
  for (const item of ["included", "unit"]) {
    const part =
      item === "included" ? answered.slice(0, outbound.included) : answered.slice(outbound.included);
    for (const line_type of new Set(part.map((call) => call.line_type))) {
      const calls = part.filter((call) => call.line_type === line_type);
      const seconds = calls.reduce((sum, c) => sum + Math.ceil((c.ended_at - c.answered_at) / 1000), 0);
      const price = item === "included" ? 0 : (outbound.per_unit[line_type] ?? NaN);
      const amount = calls.length * price;
      lines.push({ service: "outbound", item, line_type, units: calls.length, seconds, price, amount });
    }
  }
  return { month: month.name, lines, total: lines.reduce((sum, line) => sum + line.amount, 0) };
}

const COLUMNS = ["client", "month", "service", "item", "line_type", "units", "seconds", "price", "amount"];

/** A bill from the rows of cells that the command printed. */
export function billFromCells([header, ...rows]: readonly (readonly string[])[]): Bill {
  expect(header).to.deep.equal(COLUMNS);
  const named = rows.map((row) => Object.fromEntries(COLUMNS.map((name, i) => [name, row[i] ?? ""])));
  const total = named.pop();
  expect(total).to.include({ client: "test", service: "total", price: "" });
  const lines = named.map((row) => ({
    service: row["service"] ?? "",
    item: row["item"] ?? "",
    line_type: row["line_type"] === "" ? null : (row["line_type"] ?? null),
    units: Number(row["units"]),
    seconds: row["seconds"] === "" ? null : Number(row["seconds"]),
    price: Number(row["price"]),
    amount: Number(row["amount"]),
  }));
  return { month: total?.["month"] ?? "", lines, total: Number(total?.["amount"]) };
}

/** Cells of a table whose columns begin where their names do. */
export function cellsOfTable(text: string): string[][] {
  const rows = text.trimEnd().split("\n");
  const starts = COLUMNS.map((name) => rows[0]?.indexOf(name) ?? -1);
  return rows.map((row) => starts.map((start, i) => row.slice(start, starts[i + 1]).trim()));
}

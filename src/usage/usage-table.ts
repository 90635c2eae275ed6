import { stringify } from "csv-stringify/sync";
import type { Statement } from "../representation/statement.js";

/** A client's month. */
export interface ClientStatement {
  /** Its name. */
  readonly client: string;
  readonly statement: Statement;
}

export const USAGE_HEADER = [
  ...["client", "month", "service", "item", "line_type", "units", "seconds", "price", "amount"],
] as const;

/** A row for each line of a statement, and one for its total. */
export function usageRows(statements: readonly ClientStatement[]): string[][] {
  return statements.flatMap(({ client, statement: { month, lines, total } }) => [
    ...lines.map((line) => [
      ...[client, month, line.service, line.item, line.line_type ?? "", String(line.units)],
      ...[line.seconds === null ? "" : String(line.seconds), String(line.price), String(line.amount)],
    ]),
    [client, month, "total", "", "", "", "", "", String(total)],
  ]);
}

/**
 * RFC 4180. A cell that a spreadsheet would run as a formula (= + - @ in front) has an apostrophe before it.
 *
 * @param bom for Excel, which takes UTF-8 for something else without it.
 */
export function usageCsv(
  statements: readonly ClientStatement[],
  { bom, newline }: { readonly bom: boolean; readonly newline: "\r\n" | "\n" },
): string {
  const rows = [USAGE_HEADER, ...usageRows(statements)];
  return stringify(rows, { bom, record_delimiter: newline, escape_formulas: true });
}

import type { CsvColumn } from "../contract/client-enrollments.js";
import { CsvFault } from "./read-lines.js";

/** Names of columns as Japanese offices head them, beside those of the API. */
const NAMES: Readonly<Record<string, CsvColumn>> = {
  phone_number: "phone_number",
  電話番号: "phone_number",
  id: "id",
  登録ID: "id",
  pin: "pin",
  暗証番号: "pin",
  dids: "dids",
  着信番号: "dids",
  expires_at: "expires_at",
  有効期限: "expires_at",
  locale: "locale",
  言語: "locale",
};
const METADATA = /^metadata\.(.{1,64})$/;

/** Where a value of a line goes. */
export type Column =
  { readonly kind: "field"; readonly name: CsvColumn } | { readonly kind: "metadata"; readonly name: string };

/** @throws {CsvFault} */
export function readColumns(head: readonly string[]): readonly Column[] {
  const columns = head.map((cell) => columnOf(cell.normalize("NFKC")));
  // Of a column that is not known nothing would be kept, and nobody would know.
  if (columns.includes(null)) {
    throw new CsvFault(columns.every((column) => column === null) ? "no_number_column" : "unknown_column", 1);
  }
  const known = columns.filter((column) => column !== null);
  if (!known.some(({ kind, name }) => kind === "field" && name === "phone_number")) {
    throw new CsvFault("no_number_column", 1);
  }
  if (new Set(known.map(({ kind, name }) => `${kind} ${name}`)).size < known.length) {
    throw new CsvFault("column_twice", 1);
  }
  return known;
}

function columnOf(cell: string): Column | null {
  const metadata = METADATA.exec(cell)?.[1];
  if (metadata !== undefined) return { kind: "metadata", name: metadata };
  const lower = cell.toLowerCase();
  const name = Object.entries(NAMES).find(([known]) => known.toLowerCase() === lower)?.[1];
  return name === undefined ? null : { kind: "field", name };
}

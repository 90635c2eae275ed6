import { type Kysely, sql } from "kysely";
import { openEmpty } from "../store/dialects.js";
import type { Schema } from "../store/schema.js";

/** A table as it is carried from one database to another. */
export interface CopiedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** By which its rows are in order. */
  readonly key: readonly string[];
}

/** All tables of this version's schema, each behind those that it refers to. */
export async function copiedTables(): Promise<readonly CopiedTable[]> {
  // SQLite's, whose catalogue is asked; the other dialects have the same tables.
  const empty = await openEmpty();
  return tablesIn(empty.reader).finally(() => empty.close());
}

/** The same of a SQLite database of whatever version. */
export async function tablesIn(empty: Kysely<Schema>): Promise<readonly CopiedTable[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'
    and name not glob 'sqlite_*' and name not glob 'kysely_*' order by name`.execute(empty);
  const waiting = new Map<string, readonly string[]>();
  for (const { name } of rows) waiting.set(name, await referredTo(empty, name));
  const ordered: CopiedTable[] = [];
  while (waiting.size > 0) {
    const next = [...waiting].find(([, others]) => !others.some((other) => waiting.has(other)));
    if (next === undefined) throw new Error("tables refer to one another in a circle");
    const [name] = next;
    waiting.delete(name);
    ordered.push(await tableOf(empty, name));
  }
  return ordered;
}

async function referredTo(empty: Kysely<Schema>, table: string): Promise<readonly string[]> {
  const { rows } = await sql<{
    other: string;
  }>`select "table" as other from pragma_foreign_key_list(${table})`.execute(empty);
  return rows.map(({ other }) => other).filter((other) => other !== table);
}

async function tableOf(empty: Kysely<Schema>, name: string): Promise<CopiedTable> {
  const { rows } = await sql<{
    name: string;
    pk: number;
  }>`select name, pk from pragma_table_info(${name})`.execute(empty);
  const columns = rows.map((column) => column.name);
  const inKey = rows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  // Without a key all columns together: what is equal in all of them is equal.
  return { name, columns, key: inKey.length > 0 ? inKey.map((column) => column.name) : columns };
}

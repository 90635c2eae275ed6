import { type Kysely, sql } from "kysely";
import type { Schema } from "../store/schema.js";
import type { CopiedTable } from "./copied-tables.js";
import { type CopiedRow, type Digest, digestOf } from "./row-pages.js";

/** Puts a page of rows into a table, all of it in one statement. */
export async function insertRows(
  db: Kysely<Schema>,
  { name, columns }: CopiedTable,
  page: readonly CopiedRow[],
): Promise<void> {
  const values = page.map((row) => sql`(${sql.join(columns.map((column) => sql.val(row[column])))})`);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into ${sql.table(name)} (${names}) values ${sql.join(values)}`.execute(db);
}

/** A table and what is to be in it. */
export type Expected = readonly [table: CopiedTable, digest: Digest];

/** @returns tables in which there is something else, each with both numbers of rows. */
export async function differing(
  db: Kysely<Schema>,
  expected: readonly Expected[],
): Promise<readonly string[]> {
  const others: string[] = [];
  for (const [table, there] of expected) {
    const here = await digestOf(db, table);
    if (there.rows === here.rows && there.hash === here.hash) continue;
    others.push(`${table.name} (${String(there.rows)}, ${String(here.rows)})`);
  }
  return others;
}

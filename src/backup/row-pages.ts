import { createHash, type Hash } from "node:crypto";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "../store/schema.js";
import type { CopiedTable } from "./copied-tables.js";

/** A row as both dialects give it: numbers, texts, bytes and null, by its columns. */
export type CopiedRow = Readonly<Record<string, number | string | Uint8Array | null>>;

/** SQLite takes 32,766 values in one statement, PostgreSQL 65,535. */
const MOST_VALUES = 16_000;
const MOST_ROWS = 500;
/** Of those with up to a megabyte each. */
const MOST_LARGE_ROWS = 8;
const LARGE_ROWS: readonly (keyof Schema)[] = ["prompt_sounds"];

function rowsAtOnce({ name, columns }: CopiedTable): number {
  if (LARGE_ROWS.some((large) => large === name)) return MOST_LARGE_ROWS;
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / columns.length)));
}

/** The rows of a table, in the order of its key. @param after the row behind which it begins; null: at the first. */
export async function* pagesOf(
  db: Kysely<Schema>,
  table: CopiedTable,
  after: CopiedRow | null = null,
): AsyncGenerator<readonly CopiedRow[]> {
  const most = rowsAtOnce(table);
  for (let last = after; ;) {
    const page = await pageAfter(db, table, last, most);
    if (page.length > 0) yield page;
    if (page.length < most) return;
    last = page.at(-1) ?? null;
  }
}

/** The last row of a table; null: it has none. */
export async function lastRow(
  db: Kysely<Schema>,
  { name, key, columns }: CopiedTable,
): Promise<CopiedRow | null> {
  const order = sql.join(key.map((column) => sql`${sql.ref(column)} desc`));
  const { rows } =
    await sql<CopiedRow>`select ${refs(columns)} from ${sql.table(name)} order by ${order} limit 1`.execute(
      db,
    );
  return rows[0] ?? null;
}

async function pageAfter(
  db: Kysely<Schema>,
  { name, key, columns }: CopiedTable,
  last: CopiedRow | null,
  most: number,
): Promise<readonly CopiedRow[]> {
  const behind =
    last === null
      ? sql`true`
      : sql`(${refs(key)}) > (${sql.join(key.map((column) => sql.val(last[column])))})`;
  const { rows } = await sql<CopiedRow>`select ${refs(columns)} from ${sql.table(name)}
    where ${behind} order by ${refs(key)} limit ${sql.lit(most)}`.execute(db);
  return rows;
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

/** What a table holds, told shortly. */
export interface Digest {
  readonly rows: number;
  readonly hash: string;
}

export async function digestOf(db: Kysely<Schema>, table: CopiedTable): Promise<Digest> {
  const digest = new RunningDigest(table);
  for await (const page of pagesOf(db, table)) digest.add(page);
  return digest.end();
}

/** The same of pages that go by. Each row is hashed with the kind of each value, so that a number is no text of the same digits. */
export class RunningDigest {
  readonly #columns: readonly string[];
  readonly #hash = createHash("sha256");
  #rows = 0;

  constructor({ columns }: CopiedTable) {
    this.#columns = columns;
  }

  add(page: readonly CopiedRow[]): void {
    for (const row of page) {
      for (const column of this.#columns) addValue(this.#hash, row[column]);
      this.#hash.update("\n");
    }
    this.#rows += page.length;
  }

  /** Nothing can be added after it. */
  end(): Digest {
    return { rows: this.#rows, hash: this.#hash.digest("hex") };
  }
}

function addValue(hash: Hash, value: CopiedRow[string] | undefined): void {
  if (value === null || value === undefined) hash.update("-");
  else if (typeof value === "number") hash.update(`n${String(value)}`);
  else if (typeof value === "string") hash.update(`t${String(Buffer.byteLength(value))}:`).update(value);
  else hash.update(`b${String(value.length)}:`).update(value);
  hash.update(",");
}

import { type Kysely, sql } from "kysely";
import { TerminalError } from "../terminal-error.js";
import type { Database, DatabasePlace } from "../store/database.js";
import { findMeta, putMeta } from "../store/meta.js";
import type { Schema } from "../store/schema.js";
import { FINGERPRINT_KEY, UNFINISHED_COPY_KEY } from "../store/vault-binding.js";
import { differing, type Expected, insertRows } from "./carried-rows.js";
import { type CopiedTable, copiedTables } from "./copied-tables.js";
import { digestOf, lastRow, pagesOf } from "./row-pages.js";

/** A copy was not begun, or is not like what it was made from. */
export class DatabaseCopyError extends TerminalError {}

/** A table that is done. */
export interface TableCopied {
  readonly table: string;
  readonly rows: number;
  /** Those that were there already, of a copy that was broken off. */
  readonly found: number;
}

interface CopyParts {
  readonly from: DatabasePlace;
  readonly to: DatabasePlace;
  readonly onTable: (copied: TableCopied) => void;
}

/**
 * Carries everything from one database to another, which is empty or has a part of the same from a copy that was broken
 * off; then compares both, row by row. Nobody may write to either meanwhile: whoever does is found by the comparison.
 *
 * The new one belongs to no key, and no service starts on it, until it was seen to be the same.
 *
 * @throws {DatabaseCopyError} of a target with something in it, or when the two are not the same in the end.
 * @throws {DatabaseVersionError} of a source of another version.
 * @throws {StoreUnavailableError} when a service has one of them.
 */
export async function copyDatabase({ from, to, onTable }: CopyParts): Promise<readonly TableCopied[]> {
  if (!(await from.exists())) {
    throw new DatabaseCopyError(
      "no_database",
      `there is no database at ${from.name}`,
      `${from.name} にデータベースがありません。`,
    );
  }
  const tables = await copiedTables();
  // What is in `meta` says whose a database is, and goes last.
  const carried = tables.filter(({ name }) => name !== "meta");
  const source = await from.openToRead();
  // Held to the end, that no service takes it meanwhile: what that writes would be lost. Of this version it is not changed.
  const claim = await from
    .open({ onCommit: () => undefined, serves: "alone" })
    .catch(async (error: unknown) => {
      await source.close();
      throw error;
    });
  try {
    const target = await to.open({ onCommit: () => undefined, serves: "alone" });
    try {
      await takeTarget(source.reader, target, to.name, tables);
      const done: TableCopied[] = [];
      for (const table of carried) {
        const copied = await copyTable(source.reader, target, table);
        onTable(copied);
        done.push(copied);
      }
      await to.copies.countFrom(await from.copies.counters());
      await compare(source.reader, target.reader, carried);
      await finish(source.reader, target);
      return done;
    } finally {
      await target.close();
    }
  } finally {
    await Promise.all([source.close(), claim.close()]);
  }
}

/** Notes from which database the copy is, by its key, before the first row. */
async function takeTarget(
  source: Kysely<Schema>,
  target: Database,
  name: string,
  tables: readonly CopiedTable[],
): Promise<void> {
  const fingerprint = (await findMeta(source, FINGERPRINT_KEY)) ?? "";
  const begun = await findMeta(target.reader, UNFINISHED_COPY_KEY);
  if (begun === fingerprint) return;
  const rows = await Promise.all(tables.map((table) => lastRow(target.reader, table)));
  if (begun !== undefined || rows.some((row) => row !== null)) {
    throw new DatabaseCopyError(
      "not_empty",
      `${name} has something in it; a copy is made into an empty database alone, and nothing was changed`,
      `${name} は空ではありません。コピー先には空のデータベースを指定してください。何も変更していません。`,
    );
  }
  await target.write((db) => putMeta(db, UNFINISHED_COPY_KEY, fingerprint));
}

async function copyTable(source: Kysely<Schema>, target: Database, table: CopiedTable): Promise<TableCopied> {
  const { name } = table;
  // Rows go in order of the key, page by page, each page whole: the last one says how far it came.
  const last = await lastRow(target.reader, table);
  const found = last === null ? 0 : await countOf(target.reader, name);
  let rows = found;
  for await (const page of pagesOf(source, table, last)) {
    await target.write((db) => insertRows(db, table, page));
    rows += page.length;
  }
  return { table: name, rows, found };
}

async function countOf(db: Kysely<Schema>, name: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(db);
  return rows[0]?.n ?? 0;
}

async function compare(
  source: Kysely<Schema>,
  target: Kysely<Schema>,
  tables: readonly CopiedTable[],
): Promise<void> {
  const expected: Expected[] = [];
  for (const table of tables) expected.push([table, await digestOf(source, table)]);
  const others = await differing(target, expected);
  if (others.length === 0) return;
  const list = others.join(", ");
  throw new DatabaseCopyError(
    "not_the_same",
    `the copy is not like its source, in rows of: ${list}. Somebody wrote meanwhile: stop the service and every command, empty the new database, and copy again`,
    `コピー元と一致しない表があります：${list}。コピー中に書き込みがありました。サービスとコマンドをすべて止め、コピー先を空にしてやり直してください。`,
  );
}

/** From here on it is a database like any other: of that key, and no copy any more. */
async function finish(source: Kysely<Schema>, target: Database): Promise<void> {
  const facts = await source.selectFrom("meta").selectAll().execute();
  await target.write(async (db) => {
    for (const { key, value } of facts) await putMeta(db, key, value);
    await db.deleteFrom("meta").where("key", "=", UNFINISHED_COPY_KEY).execute();
  });
}

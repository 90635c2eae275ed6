import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { sqliteAt } from "../../src/store/sqlite/sqlite-database.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";

/** `table.column`: its kind, whether it must be there, and what it is where nothing is said. */
type Columns = Readonly<Record<string, string>>;

const KINDS: Readonly<Record<string, string>> = {
  ...{ INTEGER: "whole", BLOB: "bytes", TEXT: "text", REAL: "real" },
  ...{ bigint: "whole", bytea: "bytes", "text C": "text", "double precision": "real" },
};

describe("the schema", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let sqlite: BetterSqlite.Database;
  let ask: <Row extends object>(text: string) => Promise<Row[]>;

  before(async () => {
    dir = await tempDir();
    const file = path.join(dir.path, "honnin.db");
    await (await sqliteAt(file).open({ onCommit: () => undefined })).close();
    sqlite = new BetterSqlite(file, { readonly: true });
    const server = await sharedPostgres();
    const url = await server.database();
    ask = (text) => server.ask(text, url);
  });
  after(async () => {
    sqlite.close();
    await dir.remove();
  });

  const tables = (): string[] =>
    sqlite
      .prepare<[], string>(
        "select name from sqlite_master where type = 'table' and name not glob 'sqlite_*' and name not glob 'kysely_*'",
      )
      .pluck()
      .all()
      .sort();

  it("has the same columns in both databases", async () => {
    const ofSqlite: Record<string, string> = {};
    for (const table of tables()) {
      for (const column of sqlite.pragma(`table_info(${table})`) as {
        name: string;
        type: string;
        notnull: number;
        dflt_value: string | null;
        pk: number;
      }[]) {
        // A key of SQLite's may lack its NOT NULL.
        const isThere = column.notnull === 1 || column.pk > 0;
        ofSqlite[`${table}.${column.name}`] = said(column.type.toUpperCase(), isThere, column.dflt_value);
      }
    }
    const rows = await ask<{ at: string; type: string; there: boolean; fallback: string | null }>(
      `select table_name || '.' || column_name as at, concat_ws(' ', data_type, collation_name) as type,
        is_nullable = 'NO' as there, column_default as fallback
        from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'`,
    );
    const ofPostgres: Columns = Object.fromEntries(
      rows.map(({ at, type, there, fallback }) => [at, said(type, there, fallback)]),
    );
    expect(ofPostgres).to.deep.equal(ofSqlite);
  });

  it("has the same indexes and keys in both", async () => {
    const ofSqlite: string[] = [];
    for (const table of tables()) {
      for (const index of sqlite.pragma(`index_list(${table})`) as {
        name: string;
        unique: number;
        partial: number;
      }[]) {
        const parts = sqlite.pragma(`index_info(${index.name})`) as { name: string | null }[];
        ofSqlite.push(
          [table, index.unique === 1, index.partial === 1, ...parts.map(({ name }) => name ?? "(…)")].join(
            " ",
          ),
        );
      }
    }
    const rows = await ask<{ at: string; unique: boolean; partial: boolean; columns: string[] }>(
      `select t.relname as at, i.indisunique as unique, i.indpred is not null as partial,
        array(select coalesce(a.attname, '(…)') from unnest(i.indkey) with ordinality as k(n, o)
          left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n and k.n > 0 order by o)::text[] as columns
        from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace s on s.oid = t.relnamespace
        where s.nspname = 'public' and t.relname not like 'kysely%'`,
    );
    // A number that counts up is SQLite's own row number, of which it lists no index.
    const isNumber = ({ unique, columns }: (typeof rows)[number]): boolean =>
      unique && columns.join() === "seq";
    const isDelivery = ({ at, unique, columns }: (typeof rows)[number]): boolean =>
      at === "webhook_deliveries" && unique && columns.join() === "event_seq";
    const ofPostgres = rows
      .filter((row) => !isNumber(row) && !isDelivery(row))
      .map(({ at, unique, partial, columns }) => [at, unique, partial, ...columns].join(" "));
    expect(ofPostgres.sort()).to.deep.equal(ofSqlite.sort());
  });
});

function said(type: string, isThere: boolean, fallback: string | null): string {
  // PostgreSQL says the type of a default beside it.
  const value = fallback === null ? "" : ` = ${fallback.replace(/^'(.*)'(::.*)?$/, "$1")}`;
  return `${KINDS[type] ?? type}${isThere ? "" : "?"}${value}`;
}

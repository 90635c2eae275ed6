import BetterSqlite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import type { Schema } from "../schema.js";
import { type Manners, runsBy } from "../session.js";

/**
 * How long SQLite itself waits for a lock. It does so on the event loop, where every call waits with it, so in the
 * service hardly at all: commits are tried again between others' work, and reads need no lock (WAL).
 */
const BUSY_MS = 5;

const MANNERS: Manners = {
  // There is one that writes at a time: what it reads stays as it is until it has committed.
  holdsRows: false,
  plansBySyntax: true,
  answersAtOnce: true,
};

/** A connection, by itself and by Kysely. */
export interface Connection {
  readonly sqlite: BetterSqlite.Database;
  readonly kysely: Kysely<Schema>;
}

/** @param options `timeout` in place of {@link BUSY_MS}, milliseconds: for whoever holds up nobody else. */
export function connect(
  file: string,
  options: { readonly readonly?: true; readonly timeout?: number } = {},
): Connection {
  const sqlite = caching(new BetterSqlite(file, { timeout: BUSY_MS, ...options }));
  const kysely = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) });
  runsBy(kysely, { manners: MANNERS, run: (sql, values) => run(sqlite, sql, values) });
  return { sqlite, kysely };
}

function run(sqlite: BetterSqlite.Database, sql: string, values: readonly unknown[]): Promise<unknown[]> {
  try {
    const statement = sqlite.prepare(sql);
    if (statement.reader) return Promise.resolve(statement.all(...values));
    statement.run(...values);
    return Promise.resolve([]);
  } catch (error) {
    // As Kysely would: whoever asks handles a rejection.
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

const MOST_PREPARED = 500;

/**
 * Kysely prepares a statement anew for each query; preparing costs more than running ours. The
 * texts are few (most query functions have one), so each is prepared once.
 */
function caching(database: BetterSqlite.Database): BetterSqlite.Database {
  const prepared = new Map<string, BetterSqlite.Statement>();
  return new Proxy(database, {
    get(target, property) {
      if (property === "prepare") {
        return (text: string) => {
          const statement = prepared.get(text) ?? target.prepare(text);
          // The one that was used longest ago goes: generated texts (lists of values) fill neither the memory nor the
          // place of those that are asked all the time.
          prepared.delete(text);
          prepared.set(text, statement);
          if (prepared.size > MOST_PREPARED) {
            const [oldest = text] = prepared.keys();
            prepared.delete(oldest);
          }
          return statement;
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { hasErrorCode } from "../../error-code.js";
import {
  type Counters,
  DamagedCopyError,
  type DatabaseCopies,
  type DatabaseFacts,
} from "../database-copies.js";
import { keptCopies, PART } from "../kept-copies.js";
import { MIGRATION_NAMES } from "./migrations.js";

/** A command has nothing else to do, and at the moment in which another closes the database a reader needs a lock. */
const BUSY_MS = 5_000;

/** Copies of a database in a file. */
export function sqliteCopies(file: string): DatabaseCopies {
  return {
    dialect: "sqlite",
    files: {
      write: (to) => {
        writeCopy(file, to);
        return Promise.resolve();
      },
      inspect: (copy) => Promise.resolve(readIn(copy, (sqlite) => inspected(copy, sqlite))),
      putInPlace: (copy) => {
        putInPlace(copy, file);
        return Promise.resolve();
      },
    },
    known: MIGRATION_NAMES,
    bytes: () => Promise.resolve(bytesOf(file)),
    isTaken: () => Promise.resolve(existsSync(file)),
    emptyLog: () => Promise.resolve(emptyLog(file)),
    counters: () => Promise.resolve(readIn(file, countersOf)),
    countFrom: (counters) => {
      countFrom(file, counters);
      return Promise.resolve();
    },
    kept: () => Promise.resolve(keptCopies(file).filter((name) => !name.endsWith(PART))),
    facts: () => Promise.resolve(readIn(file, factsOf)),
  };
}

/** With what is not in the file itself yet. */
export function bytesOf(file: string): number {
  const size = (name: string): number => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  return size(file) + size(`${file}-wal`);
}

/**
 * By VACUUM INTO (https://www.sqlite.org/lang_vacuum.html#vacuuminto): one read transaction, so others write on, and
 * what was deleted is not copied. SQLite's backup in steps would begin anew after each commit of a busy service.
 *
 * @param file is not changed.
 */
export function writeCopy(file: string, to: string): void {
  // SQLite would make it readable by everybody; an empty file it takes.
  closeSync(openSync(to, "wx", 0o600));
  readIn(file, (sqlite) => sqlite.prepare("vacuum into ?").run(to));
  sync(to);
}

/** https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: what is in the log goes into the file, and the log is cut. */
function emptyLog(file: string): boolean {
  const sqlite = new BetterSqlite(file, { fileMustExist: true, timeout: BUSY_MS });
  try {
    sqlite.pragma("secure_delete = ON");
    const [answer] = sqlite.prepare<[], { busy: number }>("pragma wal_checkpoint(truncate)").all();
    return answer?.busy === 0;
  } finally {
    sqlite.close();
  }
}

/** https://www.sqlite.org/autoinc.html#the_autoincrement_keyword: an ordinary table, of those that have given one out. */
function countersOf(sqlite: BetterSqlite.Database): Counters {
  const rows = sqlite
    .prepare<[], { name: string; seq: number }>("select name, seq from sqlite_sequence")
    .all();
  return Object.fromEntries(rows.map(({ name, seq }) => [name, seq]));
}

function countFrom(file: string, counters: Counters): void {
  const sqlite = new BetterSqlite(file, { fileMustExist: true, timeout: BUSY_MS });
  try {
    sqlite.transaction(() => {
      for (const [table, last] of Object.entries(counters)) {
        sqlite.prepare("delete from sqlite_sequence where name = ?").run(table);
        sqlite.prepare("insert into sqlite_sequence (name, seq) values (?, ?)").run(table, last);
      }
    })();
  } finally {
    sqlite.close();
  }
}

function inspected(copy: string, sqlite: BetterSqlite.Database): DatabaseFacts {
  const problem = sqlite.prepare<[], string>("pragma integrity_check(1)").pluck().get() ?? "no answer";
  if (problem !== "ok") throw new DamagedCopyError(copy, problem);
  if (sqlite.prepare("pragma foreign_key_check").get() !== undefined) {
    throw new DamagedCopyError(copy, "a row belongs to one that is missing");
  }
  return factsOf(sqlite);
}

function factsOf(sqlite: BetterSqlite.Database): DatabaseFacts {
  const names = (query: string): string[] => sqlite.prepare<[], string>(query).pluck().all();
  const tables = names(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
  );
  const has = (table: string): boolean => tables.includes(table);
  const made = has("kysely_migration") ? names("select name from kysely_migration order by name") : [];
  const own = tables.filter((table) => !table.startsWith("kysely_"));
  const count = (table: string): number =>
    sqlite.prepare<[], number>(`select count(*) from "${table}"`).pluck().get() ?? 0;
  return {
    made,
    pending: MIGRATION_NAMES.filter((name) => !made.includes(name)),
    counts: Object.fromEntries(own.map((table) => [table, count(table)])),
    keyFingerprint:
      (has("meta") ? names("select value from meta where key = 'vault_fingerprint'") : [])[0] ?? null,
    sounds: has("prompt_versions")
      ? names("select distinct sound from prompt_versions where length(sound) <> 64")
      : [],
  };
}

/** Nothing is written or made; all in one transaction. @throws {DamagedCopyError} of what is no database. */
function readIn<T>(file: string, read: (sqlite: BetterSqlite.Database) => T): T {
  const sqlite = new BetterSqlite(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    return read(sqlite);
  } catch (error) {
    if (!(error instanceof BetterSqlite.SqliteError) || !/^SQLITE_(NOTADB|CORRUPT)/.test(error.code))
      throw error;
    throw new DamagedCopyError(file, error.message);
  } finally {
    sqlite.close();
  }
}

function putInPlace(copy: string, file: string): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // What was left of another database would be taken for the write-ahead log of this one.
  for (const rest of ["-wal", "-shm", "-journal"]) rmSync(`${file}${rest}`, { force: true });
  try {
    renameSync(copy, file);
  } catch (error) {
    if (!hasErrorCode(error, "EXDEV")) throw error;
    // Another disk: there under another name first.
    const draft = `${file}.restored`;
    copyFileSync(copy, draft);
    sync(draft);
    renameSync(draft, file);
    rmSync(copy);
  }
  sync(folder);
}

/** Of a folder: its names. */
function sync(file: string): void {
  const handle = openSync(file, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

import { chmodSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import BetterSqlite from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { verifications } from "./migrations/0001-verifications.js";
import { events } from "./migrations/0002-events.js";
import { inbound } from "./migrations/0003-inbound.js";
import { listsAndIdempotency } from "./migrations/0004-lists-and-idempotency.js";
import { clientSettings } from "./migrations/0005-client-settings.js";
import { spoken } from "./migrations/0006-spoken.js";
import { enrollments } from "./migrations/0007-enrollments.js";
import { prompts } from "./migrations/0008-prompts.js";
import { inCall } from "./migrations/0009-in-call.js";
import { listsOfClients } from "./migrations/0010-lists-of-clients.js";
import { guards } from "./migrations/0011-guards.js";
import { limits } from "./migrations/0012-limits.js";
import { attemptNotes } from "./migrations/0013-attempt-notes.js";
import { ageOf, type DatabaseAge, DatabaseVersionError } from "./database-version.js";
import type { Schema } from "../schema.js";
import { isBusy, runsOn } from "./sqlite-handle.js";

const MIGRATIONS = {
  "0001-verifications": verifications,
  "0002-events": events,
  "0003-inbound": inbound,
  "0004-lists-and-idempotency": listsAndIdempotency,
  "0005-client-settings": clientSettings,
  "0006-spoken": spoken,
  "0007-enrollments": enrollments,
  "0008-prompts": prompts,
  "0009-in-call": inCall,
  "0010-lists-of-clients": listsOfClients,
  "0011-guards": guards,
  "0012-limits": limits,
  "0013-attempt-notes": attemptNotes,
};

const MIGRATION_NAMES = Object.keys(MIGRATIONS);

/** How long a new schema may have to wait for whoever writes, and between two tries, milliseconds. */
const MIGRATION_WAIT_MS = 30_000;
const MIGRATION_TRY_MS = 100;
/**
 * How long SQLite itself waits for a lock. It does so on the event loop, where every call waits with it, so in the
 * service hardly at all: {@link GroupCommit} tries again between others' work, and reads need no lock (WAL).
 */
const SERVICE_BUSY_MS = 5;

export interface Database {
  /** For {@link GroupCommit} only. */
  readonly writer: Kysely<Schema>;
  /** Sees what is committed, and cannot write. */
  readonly reader: Kysely<Schema>;
  close(): Promise<void>;
}

export function databaseFile(dataDir: string, databaseUrl: string | undefined): string {
  return databaseUrl === undefined
    ? path.join(dataDir, "honnin.db")
    : path.resolve(databaseUrl.slice("sqlite:".length));
}

/**
 * Opens the SQLite database and brings its schema up to date.
 *
 * WAL lets reads go on beside a write; with WAL only `synchronous=FULL` keeps an acknowledged
 * write through a power cut (NORMAL syncs at checkpoints alone).
 *
 * @throws {DatabaseVersionError} of a newer program's.
 */
export async function openDatabase(file: string): Promise<Database> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(file);
  const write = new BetterSqlite(file, { timeout: SERVICE_BUSY_MS });
  if (isNew) chmodSync(file, 0o600);
  const writer = kyselyOn(write);
  try {
    // Looked at with patience too: in the moment in which another makes the database, none may even read it.
    const age = await patiently(() => ageOf(write, MIGRATION_NAMES));
    if (age === "newer") throw new DatabaseVersionError("newer", file);
    await patiently(() => write.pragma("journal_mode = WAL"));
    write.pragma("synchronous = FULL");
    write.pragma("foreign_keys = ON");
    // Freed pages are overwritten: a deleted code hash must not linger in the file.
    write.pragma("secure_delete = ON");
    await bringUpToDate(write, writer);
  } catch (error) {
    await writer.destroy();
    throw error;
  }
  const reader = kyselyOn(new BetterSqlite(file, { readonly: true, timeout: SERVICE_BUSY_MS }));
  return {
    writer,
    reader,
    async close() {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

/**
 * Opens what is there for a command that only looks: nothing is written, locked or brought up to date, whoever else
 * has it open. Where there is none yet, an empty one in memory.
 *
 * @throws {DatabaseVersionError} when it is not of this version.
 */
export async function openDatabaseToRead(file: string): Promise<Database> {
  const there = existsSync(file);
  const connection = there ? new BetterSqlite(file, { readonly: true }) : new BetterSqlite(":memory:");
  const reader = kyselyOn(connection);
  try {
    const age = await patiently(() => ageOf(connection, MIGRATION_NAMES));
    if (!there) await bringUpToDate(connection, reader);
    else if (age !== "current") throw new DatabaseVersionError(age === "newer" ? "newer" : "older", file);
  } catch (error) {
    await reader.destroy();
    throw error;
  }
  return { writer: reader, reader, close: () => reader.destroy() };
}

/** Reads only, and of what is not there says `new`. */
export function ageOfDatabase(file: string): DatabaseAge {
  if (!existsSync(file)) return "new";
  const connection = new BetterSqlite(file, { readonly: true });
  try {
    return ageOf(connection, MIGRATION_NAMES);
  } finally {
    connection.close();
  }
}

/**
 * All migrations in one transaction: Kysely makes none of its own on SQLite, and a crash between two
 * statements would leave a schema from which no start could go on. `immediate`, so that of several
 * commands on a new data directory one migrates while the others wait.
 */
async function bringUpToDate(connection: BetterSqlite.Database, db: Kysely<Schema>): Promise<void> {
  if ((await patiently(() => ageOf(connection, MIGRATION_NAMES))) === "current") return;
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  await patiently(() => connection.exec("begin immediate"));
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) {
    connection.exec("commit");
    return;
  }
  connection.exec("rollback");
  throw error instanceof Error ? error : new Error("the database schema could not be brought up to date");
}

/** Tries again for as long as another has the lock, up to a deadline. */
export async function patiently<T>(step: () => T): Promise<Awaited<T>> {
  for (const giveUpAt = performance.now() + MIGRATION_WAIT_MS; ;) {
    try {
      return await step();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      await delay(Math.random() * MIGRATION_TRY_MS);
    }
  }
}

function kyselyOn(connection: BetterSqlite.Database): Kysely<Schema> {
  const database = caching(connection);
  const kysely = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  runsOn(kysely, database);
  return kysely;
}

/**
 * Kysely prepares a statement anew for each query; preparing costs more than running ours. The
 * texts are few (each query function has one), so each is prepared once.
 */
function caching(database: BetterSqlite.Database): BetterSqlite.Database {
  const prepared = new Map<string, BetterSqlite.Statement>();
  return new Proxy(database, {
    get(target, property) {
      if (property === "prepare") {
        return (text: string) => {
          let statement = prepared.get(text);
          if (statement === undefined) {
            statement = target.prepare(text);
            // Generated texts (lists of values) must not fill the memory.
            if (prepared.size < 500) prepared.set(text, statement);
          }
          return statement;
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

import { chmodSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Database, DatabasePlace, Opening } from "../database.js";
import { type DatabaseAge, DatabaseVersionError } from "../database-version.js";
import { GroupCommit } from "../group-commit.js";
import { keepCopy } from "./before-migration.js";
import { sqliteCopies } from "./sqlite-copies.js";
import type { NodeIdentity } from "../nodes.js";
import { StoreUnavailableError } from "../store-unavailable.js";
import { connect, type Connection } from "./sqlite-connection.js";
import { examineSqlite } from "./examine-sqlite.js";
import { Meter } from "./meter.js";
import { ageOfSqlite, bringUpToDate, useWriteAheadLog } from "./migrations.js";
import { transactOn } from "./transaction.js";

/** A SQLite database in a file. */
export function sqliteAt(file: string): DatabasePlace {
  return {
    name: file,
    folders: [path.dirname(file)],
    exists: () => Promise.resolve(existsSync(file)),
    age: () => age(file),
    open: (opening) => open(file, opening),
    openToRead: (moments, ages) => openToRead(file, moments, ages),
    copies: sqliteCopies(file),
    examine: () => examineSqlite(file),
  };
}

async function age(file: string): Promise<DatabaseAge> {
  if (!existsSync(file)) return "new";
  const { sqlite } = connect(file, { readonly: true });
  try {
    return await ageOfSqlite(sqlite);
  } finally {
    sqlite.close();
  }
}

/**
 * Two connections, one that writes and one that reads. With WAL only `synchronous=FULL` keeps an acknowledged
 * write through a power cut (NORMAL syncs at checkpoints alone).
 */
async function open(
  file: string,
  { onCommit, onBatch, onMigration = () => undefined, upTo }: Opening,
): Promise<Database> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(file);
  const writing = connect(file);
  const { sqlite } = writing;
  if (isNew) chmodSync(file, 0o600);
  try {
    if ((await ageOfSqlite(sqlite)) === "newer") throw new DatabaseVersionError("newer", file);
    await useWriteAheadLog(sqlite);
    sqlite.pragma("synchronous = FULL");
    sqlite.pragma("foreign_keys = ON");
    // Freed pages are overwritten: a deleted code hash must not linger in the file.
    sqlite.pragma("secure_delete = ON");
    const before = (pending: readonly string[]): void => {
      keepCopy(file, pending, onMigration);
    };
    await bringUpToDate(writing, before, upTo);
  } catch (error) {
    await writing.kysely.destroy();
    throw error;
  }
  const reader = connect(file, { readonly: true }).kysely;
  const transact = transactOn(writing.kysely, sqlite, onCommit);
  const commits = new GroupCommit(transact, onBatch);
  const meter = new Meter(file);
  return {
    reader,
    get foreignVersion() {
      return foreignVersion(writing);
    },
    isShared: false,
    now: Date.now,
    // The lock of the data directory keeps all others out.
    joinBy: async (join) => ((await transact([join])) as [NodeIdentity])[0],
    write: (work, urgency) => commits.run(work, urgency),
    meter,
    async close() {
      await meter.close();
      await commits.close();
      await reader.destroy();
      await writing.kysely.destroy();
    },
  };
}

/** A command has nothing else to do: at the moment in which another closes the database, reading wants a lock too. */
const COMMAND_BUSY_MS = 5_000;

async function openToRead(
  file: string,
  moments: "each" | "one" = "each",
  ages: "current" | "older" = "current",
): Promise<Database> {
  const there = existsSync(file);
  const reading = there ? connect(file, { readonly: true, timeout: COMMAND_BUSY_MS }) : connect(":memory:");
  const { sqlite, kysely } = reading;
  try {
    const found = await ageOfSqlite(sqlite);
    if (!there) await bringUpToDate(reading);
    else if (found !== "current" && found !== ages)
      throw new DatabaseVersionError(found === "newer" ? "newer" : "older", file);
    if (moments === "one") sqlite.exec("begin");
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
  const meter = new Meter(file);
  return {
    reader: kysely,
    get foreignVersion() {
      return foreignVersion(reading);
    },
    isShared: false,
    now: Date.now,
    joinBy: () => Promise.reject(new StoreUnavailableError("the database was opened to be read")),
    write: () => Promise.reject(new StoreUnavailableError("the database was opened to be read")),
    meter,
    async close() {
      await meter.close();
      await kysely.destroy();
    },
  };
}

/**
 * https://www.sqlite.org/pragma.html#pragma_data_version: it tells of all connections but the one that asks, so the one
 * that writes is asked; our others only read. It costs two microseconds, and no lock.
 */
function foreignVersion({ sqlite }: Connection): number {
  return sqlite.pragma("data_version", { simple: true }) as number;
}

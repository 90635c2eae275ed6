import { type Config, loadConfig } from "../config.js";
import { DataDirInUseError, lockDataDirWithin } from "../service/instance-lock.js";
import { keepBeforeMigration } from "../backup/keep-before-migration.js";
import { refuseUnfinishedRestore } from "../backup/unfinished-restore.js";
import { versionsDir } from "../prompts/library.js";
import type { DatabasePlace, MigrationNotice, OnMigration } from "../store/database.js";
import { DatabaseVersionError } from "../store/database-version.js";
import { databasePlace } from "../store/dialects.js";
import { Store } from "../store/store.js";
import { DAY_MS } from "../verification/durations.js";
import { say } from "./output.js";

export function readConfig(): Config {
  return loadConfig(process.env, process.cwd());
}

/** What is stored, for a command that only looks: also beside a running service, which does not notice it. */
export async function readStore<T>(run: (store: Store, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig();
  return withOpened(await Store.openToRead(config.dataDir, config.databaseUrl, config.keyFile), run, config);
}

/**
 * What is stored, for a command that changes it, also beside a running service. The tables are made or brought up to
 * date only where no service runs: it would be one of another version, which does not know them.
 */
export async function writeStore<T>(
  run: (store: Store, config: Config) => Promise<T>,
  told: OnMigration = sayMigration,
): Promise<T> {
  const config = readConfig();
  const { dataDir, databaseUrl, keyFile } = config;
  const place = databasePlace(dataDir, databaseUrl);
  await refuseUnfinishedRestore(dataDir, place);
  const unlock = await lockToMigrate(dataDir, place);
  const keepCopy = keepBeforeMigration({ dataDir, databaseUrl, promptsDir: versionsDir(config) });
  let store: Store;
  try {
    store = await Store.open(dataDir, databaseUrl, { told, keepCopy }, undefined, keyFile);
  } finally {
    unlock();
  }
  return withOpened(store, run, config);
}

/** What is about to be changed, and where it is kept as it was. */
export function sayMigration({ database, pending, copy }: MigrationNotice): void {
  say(`${database}: データベースを更新します / the database is brought up to date: ${pending.join(", ")}`);
  if (copy !== null) say(`更新前のコピー / a copy from before: ${copy}`);
}

async function withOpened<T>(
  store: Store,
  run: (store: Store, config: Config) => Promise<T>,
  config: Config,
): Promise<T> {
  try {
    return await run(store, config);
  } finally {
    await store.close();
  }
}

/** Other commands that find a new data directory at the same time hold the lock for a moment each. */
const LOCK_MS = 5_000;

async function lockToMigrate(dataDir: string, place: DatabasePlace): Promise<() => void> {
  const isBehind = async (): Promise<boolean> => ["new", "older"].includes(await place.age());
  if (!(await isBehind())) return () => undefined;
  try {
    return await lockDataDirWithin(dataDir, LOCK_MS);
  } catch (error) {
    if (!(error instanceof DataDirInUseError)) throw error;
    // Whoever had it may have done what was to be done.
    if (!(await isBehind())) return () => undefined;
    throw new DatabaseVersionError("older", place.name);
  }
}

/** An ISO date or time, or a number of days ahead (`90d`), as epoch milliseconds. */
export function parseExpiry(text: string, now: number): number | null {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const at = days === undefined ? Date.parse(text) : now + Number(days) * DAY_MS;
  return Number.isFinite(at) && at > now ? at : null;
}

export function isoTime(at: number | null): string {
  return at === null ? "" : new Date(at).toISOString();
}

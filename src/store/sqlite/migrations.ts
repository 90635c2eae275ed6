import type BetterSqlite from "better-sqlite3";
import { Migrator } from "kysely/migration";
import { ageOf, type DatabaseAge } from "../database-version.js";
import type { Connection } from "./sqlite-connection.js";
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
import { consoleAccounts } from "./migrations/0014-console.js";
import { consoleLists } from "./migrations/0015-console-lists.js";
import { givenUpDeliveries } from "./migrations/0016-given-up-deliveries.js";
import { failedLogIns } from "./migrations/0017-failed-log-ins.js";
import { attemptTrunks } from "./migrations/0018-attempt-trunks.js";
import { messages } from "./migrations/0019-messages.js";
import { transactions } from "./migrations/0020-transactions.js";
import { receiptKeys } from "./migrations/0021-receipt-keys.js";
import { nodes } from "./migrations/0022-nodes.js";
import { promptSounds } from "./migrations/0023-prompt-sounds.js";
import { waitingMessages } from "./migrations/0024-waiting-messages.js";
import { patiently } from "./patiently.js";

/** In order. */
export const MIGRATIONS = {
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
  "0014-console": consoleAccounts,
  "0015-console-lists": consoleLists,
  "0016-given-up-deliveries": givenUpDeliveries,
  "0017-failed-log-ins": failedLogIns,
  "0018-attempt-trunks": attemptTrunks,
  "0019-messages": messages,
  "0020-transactions": transactions,
  "0021-receipt-keys": receiptKeys,
  "0022-nodes": nodes,
  "0023-prompt-sounds": promptSounds,
  "0024-waiting-messages": waitingMessages,
};

/** Theirs. */
export const MIGRATION_NAMES: readonly string[] = Object.keys(MIGRATIONS);

/** How long a new schema may have to wait for whoever writes. */
const LOCK = { waitMs: 30_000, tryMs: 100 };

/**
 * Reads only, and with patience too: in the moment in which another makes the database, none may even read it.
 *
 * @param sqlite as {@link connect} opens it, or bare.
 */
export function ageOfSqlite(sqlite: BetterSqlite.Database): Promise<DatabaseAge> {
  return patiently(LOCK, () => ageOf(madeIn(sqlite), MIGRATION_NAMES));
}

/** What was made of it; undefined: nothing yet. */
function madeIn(sqlite: BetterSqlite.Database): string[] | undefined {
  const table = sqlite.prepare("select 1 from sqlite_master where name = 'kysely_migration'").get();
  return table === undefined
    ? undefined
    : sqlite.prepare<[], string>("select name from kysely_migration").pluck().all();
}

/** Sets what is kept in the file itself, and needs it for a moment. WAL lets reads go on beside a write. */
export async function useWriteAheadLog(sqlite: BetterSqlite.Database): Promise<void> {
  await patiently(LOCK, () => sqlite.pragma("journal_mode = WAL"));
}

/**
 * All migrations in one transaction: Kysely makes none of its own on SQLite, and a crash between two
 * statements would leave a schema from which no start could go on. `immediate`, so that of several
 * commands on a new data directory one migrates while the others wait.
 *
 * @param before called when nobody else can write any more, where there is something to lose; when it throws, nothing
 * is changed.
 * @param upTo the last that is made; undefined: all are.
 */
export async function bringUpToDate(
  { sqlite, kysely }: Connection,
  before: (pending: readonly string[]) => void = () => undefined,
  upTo?: string,
): Promise<void> {
  if ((await ageOfSqlite(sqlite)) === "current") return;
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
  });
  await patiently(LOCK, () => sqlite.exec("begin immediate"));
  try {
    const made = madeIn(sqlite);
    if (made !== undefined) before(MIGRATION_NAMES.filter((name) => !made.includes(name)));
  } catch (error) {
    sqlite.exec("rollback");
    throw error;
  }
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error === undefined) {
    sqlite.exec("commit");
    return;
  }
  sqlite.exec("rollback");
  throw error instanceof Error ? error : new Error("the database schema could not be brought up to date");
}

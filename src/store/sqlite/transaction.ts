import type BetterSqlite from "better-sqlite3";
import type { Kysely } from "kysely";
import type { OnCommit } from "../database.js";
import type { Transact } from "../group-commit.js";
import type { Schema } from "../schema.js";
import { runsBy, sessionOf } from "../session.js";
import { StoreUnavailableError } from "../store-unavailable.js";
import { patiently } from "./patiently.js";

/** How long a commit may have to wait for another process that writes (a command, a backup). */
const LOCK = { waitMs: 5_000, tryMs: 10 };

/** Transactions on the one connection that writes, one after another. */
export function transactOn(
  writer: Kysely<Schema>,
  sqlite: BetterSqlite.Database,
  onCommit: OnCommit,
): Transact {
  return (works) =>
    writer.connection().execute(async (handle) => {
      runsBy(handle, sessionOf(writer));
      // IMMEDIATE: take the write lock at once, or a CLI that writes meanwhile makes the upgrade fail.
      await patiently(LOCK, () => sqlite.prepare("begin immediate").run()).catch(refuse);
      try {
        const values: unknown[] = [];
        for (const work of works) values.push(await work(handle));
        commit(sqlite);
        // Later and outside: whatever a listener does, what is committed stays committed.
        setImmediate(onCommit, handle);
        return values;
      } catch (error) {
        // After some failures, a full disk for one, SQLite has rolled back by itself.
        if (sqlite.inTransaction) sqlite.prepare("rollback").run();
        throw error;
      }
    });
}

function commit(sqlite: BetterSqlite.Database): void {
  try {
    sqlite.prepare("commit").run();
  } catch (cause) {
    refuse(cause);
  }
}

/** What begins and ends a transaction fails for the database's sake only, never for that of a piece of work. */
function refuse(cause: unknown): never {
  throw new StoreUnavailableError("the database refused the transaction", { cause });
}

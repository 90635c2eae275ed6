import { tellOfAssertedByDefault } from "../acts/upgrade-notice.js";
import { keepBeforeMigration } from "../backup/keep-before-migration.js";
import { refuseUnfinishedRestore } from "../backup/unfinished-restore.js";
import type { OnMigration } from "../store/database.js";
import { databasePlace } from "../store/dialects.js";
import { Store } from "../store/store.js";
import { lockDataDir } from "./instance-lock.js";
import type { Running } from "./running.js";

/** The database, which nobody else serves; whom an upgrade concerns is told of. */
export async function openStore({ settings, log, clock, teardown, stopping }: Running): Promise<Store> {
  stopping.throwIfAborted();
  teardown.add("the lock of the data directory", lockDataDir(settings.dataDir));
  const { dataDir, databaseUrl, keyFile } = settings;
  await refuseUnfinishedRestore(dataDir, databasePlace(dataDir, databaseUrl));
  const told: OnMigration = ({ database, pending, copy }) => {
    log.info("the database is brought up to date; a copy is kept of it first", {
      ...{ database, pending: pending.join(", "), copy },
    });
  };
  const keepCopy = keepBeforeMigration({ dataDir, databaseUrl, promptsDir: settings.promptsDir });
  const store = await Store.open(dataDir, databaseUrl, { told, keepCopy }, { node: settings.node }, keyFile);
  teardown.add("the database", () => store.close());
  stopping.throwIfAborted();
  const tell = (clients: readonly string[]): void => {
    log.warn(
      "these clients have members enrolled without a PIN, or use caller_id, and have not set demand_evidence:" +
        " from this version on such a call needs a P-Asserted-Identity of the trunk that names the number;" +
        " a From alone, which a caller may write, no longer proves it",
      { clients: clients.join(", ") },
    );
  };
  await tellOfAssertedByDefault(store, tell, clock());
  return store;
}

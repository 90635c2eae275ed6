import { type Vault, VaultError } from "../vault/vault.js";
import { TerminalError } from "../terminal-error.js";
import type { Database } from "./database.js";
import { findMeta, insertMeta } from "./meta.js";

/** In `meta`: the database is being copied from another, by the fingerprint of that one's data key. */
export const UNFINISHED_COPY_KEY = "unfinished_copy";

/** A copy was broken off: what is missing would be taken for what never was. */
class UnfinishedCopyError extends TerminalError {
  constructor() {
    super(
      "copy_unfinished",
      "the database is a copy that was not finished: run honnin database copy again, or take an empty one",
      "データベースのコピーが完了していません。honnin database copy をもう一度実行するか、空のデータベースを指定してください。",
    );
  }
}

/** In `meta`: the fingerprint of the data key. */
export const FINGERPRINT_KEY = "vault_fingerprint";

/**
 * Ties a database to the key file it was made with. Another key would open nothing, find no number
 * and match no code: better not to start than to fail every customer.
 *
 * @throws {VaultError} when the key file is another one.
 * @throws {UnfinishedCopyError}
 */
export async function bindVault(database: Database, vault: Vault): Promise<void> {
  await refuseUnfinished(database);
  if ((await findMeta(database.reader, FINGERPRINT_KEY)) === undefined) {
    await database.write((db) => insertMeta(db, FINGERPRINT_KEY, vault.fingerprint));
  }
  await checkBinding(database, vault);
}

/**
 * The same where nothing is written: what is bound to no key yet has nothing in it.
 *
 * @throws {VaultError} when the key file is another one.
 */
export async function checkBinding(database: Database, vault: Vault): Promise<void> {
  await refuseUnfinished(database);
  const { reader } = database;
  const bound = await findMeta(reader, FINGERPRINT_KEY);
  if (bound === undefined || bound === vault.fingerprint || bound === vault.formerFingerprint) return;
  throw new VaultError(
    "keys/data.key is not the key that this database was made with: restore it from its backup, or, where keys/data.key.next " +
      "is there, run honnin data-key rotate again",
  );
}

async function refuseUnfinished({ reader }: Database): Promise<void> {
  if ((await findMeta(reader, UNFINISHED_COPY_KEY)) !== undefined) throw new UnfinishedCopyError();
}

import type { Kysely } from "kysely";
import { type Vault, VaultError } from "../vault/vault.js";
import { TerminalError } from "../terminal-error.js";
import type { Database } from "./database.js";
import { findMeta, insertMeta } from "./meta.js";
import type { Schema } from "./schema.js";

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

/** In `meta`: the fingerprint of the data key. Where nodes share the database, all encipher by that one. */
export const FINGERPRINT_KEY = "vault_fingerprint";

/** In `meta`, while the data key is rotated beside several nodes: the fingerprint of the one that comes. */
export const COMING_FINGERPRINT_KEY = "vault_fingerprint_coming";

/** What is bound to a database. */
export interface KeyFile {
  readonly vault: Vault;
  /** Where it was read, for messages. */
  readonly file: string;
}

/**
 * Ties a database to the key file it was made with. Another key would open nothing, find no number
 * and match no code: better not to start than to fail every customer.
 *
 * @throws {VaultError} when the key file is another one.
 * @throws {UnfinishedCopyError}
 */
export async function bindVault(database: Database, key: KeyFile): Promise<void> {
  await refuseUnfinished(database);
  if ((await findMeta(database.reader, FINGERPRINT_KEY)) === undefined) {
    // Another may bind it at the same moment, and what was noted first stays.
    await database.write((db) => insertMeta(db, FINGERPRINT_KEY, key.vault.fingerprint));
  }
  await checkBinding(database, key);
}

/**
 * The same where nothing is written: what is bound to no key yet has nothing in it.
 *
 * @throws {VaultError} when the key file is another one.
 */
export async function checkBinding(database: Database, key: KeyFile): Promise<void> {
  await refuseUnfinished(database);
  const { reader, isShared } = database;
  if (isShared) {
    await demandKeys(reader, key);
    return;
  }
  const bound = await findMeta(reader, FINGERPRINT_KEY);
  if (bound === undefined || key.vault.fingerprints.includes(bound)) return;
  throw anotherKey(key.file);
}

/**
 * Where nodes share a database: enciphers by the key that all of them encipher by, and has the one that comes.
 *
 * @throws {VaultError} when the key file lacks one of them.
 */
export async function demandKeys(db: Kysely<Schema>, { vault, file }: KeyFile): Promise<void> {
  const fit = await followKeys(db, vault);
  if (fit === "another") throw anotherKey(file);
  if (fit === "behind") throw new VaultError(`${file} ${BEHIND}`);
}

/** `another`: the key that all encipher by is not in the file; `behind`: the one that comes is not. */
export type KeyFit = "fits" | "another" | "behind";

export const BEHIND =
  "is behind: the data key is being rotated at another node; bring the key file over from there";

/** Enciphers by the key by which all nodes do. */
export async function followKeys(db: Kysely<Schema>, vault: Vault): Promise<KeyFit> {
  const bound = await findMeta(db, FINGERPRINT_KEY);
  if (bound !== undefined && !vault.encipherBy(bound)) return "another";
  const coming = await findMeta(db, COMING_FINGERPRINT_KEY);
  return coming === undefined || vault.fingerprints.includes(coming) ? "fits" : "behind";
}

/** What is told of a key file that does not have the key by which all encipher. */
export function anotherKey(file: string): VaultError {
  return new VaultError(
    `${file} is not the key that this database was made with, or is one from before its rotation: bring it over from another ` +
      `node, restore it from its backup, or, where ${file}.next is there, run honnin data-key rotate --with-index again`,
  );
}

async function refuseUnfinished({ reader }: Database): Promise<void> {
  if ((await findMeta(reader, UNFINISHED_COPY_KEY)) !== undefined) throw new UnfinishedCopyError();
}

import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { OpenVerificationsError, rotateDataKey, type Rotation } from "../acts/rotate-data-key.js";
import { keepBeforeMigration } from "../backup/keep-before-migration.js";
import { makePrivateFile } from "../private-file.js";
import { listNodes } from "../store/nodes.js";
import { lockDataDir } from "../service/instance-lock.js";
import { Store } from "../store/store.js";
import { newKeyFile, readKeyFile } from "../vault/key-file.js";
import { sayMigration } from "./context.js";
import { keepRetired, type RotationDone, type RotationOrder } from "./rotation.js";
import { CommandError, EXIT } from "./exit-codes.js";

/**
 * The new key is written beside the old one first; then the database goes over to it in one transaction; then it takes
 * the old one's name. Killed at whatever moment, the same command goes on from there.
 */
export async function rotateWithIndex(order: RotationOrder): Promise<RotationDone> {
  const { dataDir, place, file } = order;
  const next = `${file}.next`;
  const unlock = lockDataDir(dataDir);
  try {
    const { keyFingerprint: bound } = await place.copies.facts();
    let rows: Rotation | null = null;
    // Or an earlier one was broken off after its transaction.
    if (!existsSync(next) || fingerprintOf(next) !== bound) rows = await reencipher(order, next);
    const retired = keepRetired(file);
    renameSync(next, file);
    return { rows, retired, behind: await otherNodes(order) };
  } finally {
    unlock();
  }
}

/** Of all that there were, for none runs. */
function otherNodes({ dataDir, databaseUrl, file, node }: RotationOrder): Promise<readonly string[]> {
  return Store.openToRead(dataDir, databaseUrl, file).then(async (store) => {
    try {
      if (!store.isShared) return [];
      return (await listNodes(store.read)).map(({ name }) => name).filter((name) => name !== node);
    } finally {
      await store.close();
    }
  });
}

async function reencipher(
  { dataDir, databaseUrl, promptsDir, file, by }: RotationOrder,
  next: string,
): Promise<Rotation> {
  // The lock of the data directory keeps out the service of this machine; the database the nodes of others.
  const before = {
    told: sayMigration,
    keepCopy: keepBeforeMigration({ dataDir, databaseUrl, promptsDir }),
  };
  const store = await Store.open(dataDir, databaseUrl, before, "alone", file);
  try {
    // Of one that was broken off before its transaction: nothing was enciphered with it.
    rmSync(next, { force: true });
    makePrivateFile(next, newKeyFile(store.vault));
    return await rotateDataKey(store, readKeyFile(readFileSync(next, "utf8")), by, Date.now());
  } catch (error) {
    if (!(error instanceof OpenVerificationsError)) throw error;
    rmSync(next, { force: true });
    throw new CommandError(`${error.message} [${error.code}]`, EXIT.negative);
  } finally {
    await store.close();
  }
}

function fingerprintOf(file: string): string {
  return readKeyFile(readFileSync(file, "utf8")).fingerprint;
}

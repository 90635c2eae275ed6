import { existsSync } from "node:fs";
import path from "node:path";
import type { DatabasePlace } from "../store/database.js";
import { BackupError } from "./backup-error.js";

/** Where a backup is unpacked and looked at. What is in it when a process is killed was not put in its place. */
export const STAGE = ".restore";

/**
 * Nothing may start or write where a restore was broken off: a new database would be made in the place of the one
 * that was to come.
 *
 * @throws {BackupError} `restore_unfinished`
 */
export async function refuseUnfinishedRestore(dataDir: string, place: DatabasePlace): Promise<void> {
  const stage = path.join(dataDir, STAGE);
  if (!existsSync(stage) || (await place.copies.isTaken())) return;
  throw new BackupError(
    "restore_unfinished",
    `${dataDir}: a restore was broken off: run honnin restore again, or remove ${stage}`,
  );
}

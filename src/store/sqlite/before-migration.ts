import { renameSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import type { OnMigration } from "../database.js";
import { NoRoomForCopyError } from "../no-room-for-copy.js";
import { copyNameOf, PART, removeOldest, removeParts } from "../kept-copies.js";
import { bytesOf, writeCopy } from "./sqlite-copies.js";

/** The copy, and as much again for what the changes themselves write, most of all where they make an index. */
const TIMES_ITS_SIZE = 2;

/**
 * Keeps a database as it is, beside it, before its schema is changed: whatever goes wrong with the new version, the old
 * one can go on from there. Called while nobody can write.
 *
 * @param pending the changes that will be made.
 * @throws {NoRoomForCopyError}
 */
export function keepCopy(file: string, pending: readonly string[], tell: OnMigration): void {
  const [first] = pending;
  if (first === undefined) return;
  const copy = copyNameOf(file, first);
  tell({ database: file, pending, copy });
  removeParts(file);
  refuseWithoutRoom(file);
  const draft = `${copy}${PART}`;
  try {
    writeCopy(file, draft);
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  removeOldest(file);
}

function refuseWithoutRoom(file: string): void {
  const { bavail, bsize } = statfsSync(path.dirname(file));
  const [free, needed] = [bavail * bsize, bytesOf(file) * TIMES_ITS_SIZE];
  if (free < needed) throw new NoRoomForCopyError(file, needed, free);
}

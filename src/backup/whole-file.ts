import { randomBytes } from "node:crypto";
import { constants, createWriteStream, existsSync } from "node:fs";
import { access, link, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { hasErrorCode } from "../error-code.js";
import { BackupError } from "./backup-error.js";

/** What a file is called until it is whole. */
const PART = ".part";

/** @throws {BackupError} `file_exists` */
export async function refuseExisting(file: string): Promise<void> {
  // Or all the work would be for nothing.
  await access(path.dirname(file), constants.W_OK);
  if (existsSync(file)) throw existing(file);
}

/**
 * Writes a file that its owner alone may read. It appears whole, on the disk, or not at all, and never in the place of
 * another; a process that is killed leaves a `.part` behind.
 *
 * @throws {BackupError} `file_exists`
 */
export async function writeWhole(file: string, content: Readable): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString("hex")}${PART}`;
  try {
    await pipeline(content, createWriteStream(draft, { flags: "wx", mode: 0o600, flush: true }));
    await giveName(draft, file);
    await syncFolder(path.dirname(file));
  } finally {
    await rm(draft, { force: true });
  }
}

async function giveName(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) throw existing(file);
    // Some file systems know no links (FAT, some of a network): there two at one moment could overwrite each other.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].some((code) => hasErrorCode(error, code))) throw error;
    if (existsSync(file)) throw existing(file);
    await rename(draft, file);
  }
}

/** Of a folder: its names. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function existing(file: string): BackupError {
  return new BackupError("file_exists", `${file} is there already: a backup overwrites nothing`);
}

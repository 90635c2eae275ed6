import { statfs } from "node:fs/promises";
import { BackupError } from "./backup-error.js";

/**
 * @param bytes that are to be written in the folder.
 * @throws {BackupError} `no_room`
 */
export async function refuseWithoutRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const megabytes = (count: number): string => `${String(Math.ceil(count / 1e6))} MB`;
  throw new BackupError(
    "no_room",
    `${folder}: ${megabytes(bytes)} are needed and ${megabytes(free)} are free: make room, or write elsewhere`,
  );
}

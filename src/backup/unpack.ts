import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { unpackTar } from "modern-tar/fs";
import { errorText } from "../log.js";
import { hasErrorCode } from "../error-code.js";
import { BackupError } from "./backup-error.js";
import { AGE_MAGIC, decrypted, type Opening } from "./encryption.js";
import { chunksOf } from "./make-backup.js";
import { archiveBytes, type Manifest, MANIFEST, MANIFEST_SUM, readManifest } from "./manifest.js";
import { sha256File } from "./sha256-file.js";

export type BackupKind = "plain" | "encrypted";

/**
 * What a file is, by its first bytes.
 *
 * @throws {BackupError} `not_a_backup`
 */
export async function kindOf(file: string): Promise<BackupKind> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const head = buffer.toString("latin1", 0, bytesRead);
    if (head.startsWith(AGE_MAGIC)) return "encrypted";
    if (head.startsWith(`${MANIFEST}\0`) && head.slice(257, 262) === "ustar") return "plain";
  } finally {
    await handle.close();
  }
  throw new BackupError("not_a_backup", `${file} is no backup of Honnin's`);
}

/**
 * Unpacks a backup into a folder and reads all of it again: what is returned is as it was written.
 *
 * @param opening of an encrypted one; null of a plain one.
 * @throws {BackupError} `not_a_backup`, `wrong_passphrase`, `backup_truncated`, `backup_damaged`, `backup_newer`
 */
export async function unpack(file: string, folder: string, opening: Opening | null): Promise<Manifest> {
  const broken = await unpackInto(file, folder, opening);
  const text = await readFile(path.join(folder, MANIFEST), "utf8").catch(() => undefined);
  if (text === undefined || text === "") throw damagedHead(broken);
  const manifest = readWhole(text, broken);
  // Before anything else: of a file that lacks its end most else is wrong too.
  if ((await stat(file)).size < archiveBytes(manifest, text)) {
    throw new BackupError("backup_truncated", "the end of the backup is missing: copy it again");
  }
  const sum = await readFile(path.join(folder, MANIFEST_SUM), "utf8").catch(() => "");
  if (broken !== null || !sum.startsWith(createHash("sha256").update(text).digest("hex")))
    throw damaged(broken);
  await refuseMore(folder, manifest);
  for (const { name, bytes, sha256 } of manifest.files) {
    const there = await stat(path.join(folder, name)).catch(() => undefined);
    if (there?.size !== bytes) throw new BackupError("backup_damaged", `in the backup ${name} is not whole`);
    if ((await sha256File(path.join(folder, name))) !== sha256) {
      throw new BackupError("backup_damaged", `in the backup ${name} is not as it was written`);
    }
  }
  return manifest;
}

/** Nothing is put in place of which the manifest does not tell. */
async function refuseMore(folder: string, { files }: Manifest): Promise<void> {
  const told = new Set([MANIFEST, MANIFEST_SUM, ...files.map(({ name }) => name)]);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const name = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (entry.isDirectory() || (entry.isFile() && told.has(name))) continue;
    throw new BackupError(
      "backup_damaged",
      "the backup has something in it of which its manifest does not tell",
    );
  }
}

/** A manifest of which the end is missing is no other's file. */
function readWhole(text: string, broken: Error | null): Manifest {
  try {
    return readManifest(text);
  } catch (error) {
    if (broken !== null && error instanceof BackupError && error.code === "not_a_backup")
      throw damagedHead(broken);
    throw error;
  }
}

/** @returns why it ended early; null: it did not. */
async function unpackInto(file: string, folder: string, opening: Opening | null): Promise<Error | null> {
  const sealed = createReadStream(file);
  try {
    const plain =
      opening === null
        ? sealed
        : Readable.from(
            chunksOf(await decrypted(Readable.toWeb(sealed) as ReadableStream<Uint8Array>, opening)),
            { objectMode: false },
          );
    // Of other kinds than files (links, devices) there are none of ours; names are looked at when the manifest is read.
    const unpacked = unpackTar(folder, {
      strict: true,
      filter: ({ type }) => type === "file",
      fmode: 0o600,
      dmode: 0o700,
      maxDepth: 4,
      concurrency: 1,
    });
    await pipeline(plain, unpacked);
    return null;
  } catch (error) {
    if (error instanceof BackupError || error instanceof RangeError) throw error;
    // The disk is full, or the file cannot be read: nothing of the backup's.
    if (["ENOSPC", "EDQUOT", "EIO", "EACCES"].some((code) => hasErrorCode(error, code))) throw error;
    return error instanceof Error ? error : new Error(errorText(error));
  } finally {
    sealed.destroy();
  }
}

function damagedHead(broken: Error | null): BackupError {
  return broken === null
    ? new BackupError("not_a_backup", "this is no backup of Honnin's")
    : new BackupError("backup_damaged", "the backup was altered or cut off near its beginning");
}

function damaged(broken: Error | null): BackupError {
  const why = broken === null ? "its manifest is not as it was written" : "it was altered";
  return new BackupError("backup_damaged", `the backup is damaged: ${why}`);
}

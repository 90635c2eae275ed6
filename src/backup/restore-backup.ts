import { existsSync } from "node:fs";
import { copyFile, link, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { hasErrorCode } from "../error-code.js";
import type { DatabasePlace } from "../store/database.js";
import { adoptSound } from "../prompts/sound-files.js";
import { keyFileOf, readKeyFile } from "../vault/key-file.js";
import { BackupError } from "./backup-error.js";
import type { Opening } from "./encryption.js";
import { FILE_DIALECT, inspectDatabaseFile, putDatabaseFile } from "./database-file.js";
import { refuseWithoutRoom } from "./free-room.js";
import { DATA_KEY, DATABASE, type Manifest, placeOf, PROMPTS, WITH_KEY } from "./manifest.js";
import { unpack } from "./unpack.js";
import { STAGE } from "./unfinished-restore.js";
import { syncFolder } from "./whole-file.js";

export interface RestoreOrder {
  readonly dataDir: string;
  /** Where the data key is to be; undefined: in the data directory. */
  readonly keyFile?: string | undefined;
  /** Where the sounds of versions of prompts are to be. */
  readonly promptsDir: string;
  readonly place: DatabasePlace;
  readonly file: string;
  /** Null: it is not encrypted. */
  readonly opening: Opening | null;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Whether the data key is in its place, from the backup or because it was there. */
  readonly hasKey: boolean;
}

/** What may be there already: the key is kept apart, so somebody brings it; and what a lock leaves. */
const MAY_BE_THERE = [
  "keys",
  "honnin.yaml",
  "tls",
  "service.lock",
  "service.lock-journal",
  "service.pid",
  STAGE,
];

/**
 * What stands in the way of a restore; called before anything is made there.
 *
 * @throws {BackupError} `not_empty`
 */
export async function refuseNonEmpty(
  dataDir: string,
  place: DatabasePlace,
  keyFile: string = keyFileOf({ dataDir }),
): Promise<void> {
  if (await place.copies.isTaken()) {
    throw new BackupError("not_empty", `${place.name} is there already: a restore overwrites nothing`);
  }
  const may = existsSync(path.join(dataDir, STAGE)) ? [...MAY_BE_THERE, PROMPTS] : MAY_BE_THERE;
  const [keyPlace = ""] = path.relative(dataDir, keyFile).split(path.sep);
  const ofKey = [keyPlace, `${keyPlace}.lock`];
  const there = await readdir(dataDir).catch(() => []);
  const other = there.find((name) => !may.includes(name) && !ofKey.includes(name));
  if (other === undefined) return;
  throw new BackupError(
    "not_empty",
    `${path.join(dataDir, other)} is there already: a restore wants an empty data directory (the data key and honnin.yaml may be there)`,
  );
}

/**
 * Puts a backup in its place; the caller holds the lock of the data directory. All of it is unpacked, compared and read
 * before anything is put in place, the database last, so that without it nothing counts.
 *
 * @throws {BackupError} and what was there is as it was.
 * @throws {DamagedCopyError} likewise.
 */
export async function restoreBackup(order: RestoreOrder): Promise<Restored> {
  const { dataDir, promptsDir, place, file, opening } = order;
  const keyFile = keyFileOf(order);
  const stage = path.join(dataDir, STAGE);
  await forgetBrokenOff(dataDir, stage);
  await refuseWithoutRoom(dataDir, (await stat(file)).size);
  await mkdir(stage, { mode: 0o700 });
  let halfway = false;
  try {
    const manifest = await unpack(file, stage, opening);
    await checkDatabase(place, stage, manifest);
    const hasKey = await checkKey(keyFile, stage, manifest);
    halfway = true;
    await putInPlace(dataDir, keyFile, stage, manifest);
    await putSoundsInPlace(promptsDir, path.join(stage, PROMPTS));
    await putDatabaseFile(place, path.join(stage, DATABASE));
    halfway = false;
    return { manifest, hasKey };
  } finally {
    // A disk that fails halfway leaves what a killed process does: the stage says so.
    if (!halfway) await rm(stage, { recursive: true, force: true });
  }
}

/** An earlier restore that was killed: its stage, and the sounds that it had put in place already. */
async function forgetBrokenOff(dataDir: string, stage: string): Promise<void> {
  if (!existsSync(stage)) return;
  await rm(path.join(dataDir, PROMPTS), { recursive: true, force: true });
  await rm(stage, { recursive: true });
}

async function checkDatabase(place: DatabasePlace, stage: string, manifest: Manifest): Promise<void> {
  if (manifest.dialect !== FILE_DIALECT) {
    throw new BackupError(
      "not_a_backup",
      `the backup has a database of another kind in it: ${manifest.dialect}`,
    );
  }
  const facts = await inspectDatabaseFile(path.join(stage, DATABASE));
  const same =
    JSON.stringify([facts.made, facts.counts, facts.keyFingerprint]) ===
    JSON.stringify([manifest.schema, manifest.counts, manifest.key_fingerprint]);
  if (!same)
    throw new BackupError("backup_damaged", "the database in the backup is not what its manifest says");
  const newer = facts.made.find((name) => !place.copies.known.includes(name));
  if (newer === undefined) return;
  throw new BackupError(
    "backup_newer",
    `the backup is of a newer Honnin (${manifest.version}, ${newer}): use the program of that version`,
  );
}

/** @returns whether there will be one. */
async function checkKey(here: string, stage: string, manifest: Manifest): Promise<boolean> {
  const brought = path.join(stage, DATA_KEY);
  let found = false;
  for (const file of [here, brought]) {
    if (!existsSync(file)) continue;
    found = true;
    if (manifest.key_fingerprint === null || (await fingerprintOf(file)) === manifest.key_fingerprint)
      continue;
    if (file === brought)
      throw new BackupError("backup_damaged", "the data key in the backup is of another database");
    throw new BackupError(
      "wrong_data_key",
      `${here} is not the key that the database in the backup was made with: put that one there, or take it away`,
    );
  }
  return found;
}

async function fingerprintOf(file: string): Promise<string> {
  return readKeyFile(await readFile(file, "utf8")).fingerprint;
}

async function putInPlace(
  dataDir: string,
  keyFile: string,
  stage: string,
  { files }: Manifest,
): Promise<void> {
  const there = new Set(files.map(({ name }) => name));
  for (const { name } of files) await syncFile(path.join(stage, name));
  for (const name of WITH_KEY.filter((one) => there.has(one))) {
    const to = placeOf(name, dataDir, keyFile);
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    await putNew(path.join(stage, name), to);
    await syncFolder(path.dirname(to));
  }
  await syncFolder(dataDir);
}

/** What somebody has put there stays. A key file may lie on another disk than the data directory. */
async function putNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return;
    if (!hasErrorCode(error, "EXDEV")) throw error;
    const draft = `${to}.restored`;
    await rm(draft, { force: true });
    await copyFile(from, draft);
    await syncFile(draft);
    await link(draft, to).catch((late: unknown) => {
      if (!hasErrorCode(late, "EEXIST")) throw late;
    });
    await rm(draft);
  }
}

/** Where that is may be another disk than the data directory, with sounds in it that are there still. */
async function putSoundsInPlace(promptsDir: string, from: string): Promise<void> {
  if (!existsSync(from)) return;
  for (const sound of await readdir(from)) await adoptSound(promptsDir, sound, path.join(from, sound));
  await syncFolder(path.dirname(promptsDir));
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

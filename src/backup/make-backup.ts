import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { packTar, type TarSource } from "modern-tar/fs";
import { VERSION } from "../project-dir.js";
import { keyFileOf, readKeyFile, takeKeyLock } from "../vault/key-file.js";
import { BackupError } from "./backup-error.js";
import type { DatabasePlace } from "../store/database.js";
import { FILE_DIALECT, inspectDatabaseFile, roomsFor, writeDatabaseFile } from "./database-file.js";
import { encrypted, type Encryption } from "./encryption.js";
import { refuseWithoutRoom } from "./free-room.js";
import {
  DATABASE,
  FORMAT,
  type Manifest,
  MANIFEST,
  MANIFEST_SUM,
  type ManifestFile,
  placeOf,
  PROMPTS,
  WITH_KEY,
} from "./manifest.js";
import { createHash } from "node:crypto";
import { sha256File } from "./sha256-file.js";
import { refuseExisting, writeWhole } from "./whole-file.js";

export interface BackupOrder {
  readonly dataDir: string;
  /** The data key; undefined: the one of the data directory. */
  readonly keyFile?: string | undefined;
  /** Where the sounds of versions of prompts are kept. */
  readonly promptsDir: string;
  readonly place: DatabasePlace;
  /** The file to write. */
  readonly file: string;
  /** Whether the data key goes with it, and what else is secret. */
  readonly withKeys: boolean;
  /** Null: as it is. */
  readonly encryption: Encryption | null;
  readonly now: number;
  /**
   * Changes of the schema that are about to be made: then it is of a database of an older version, which nobody writes
   * to, and the key is nobody's concern: it stays here.
   */
  readonly pending?: readonly string[];
}

export interface MadeBackup {
  readonly manifest: Manifest;
  /** Folders of sounds that the database names and that are not there. */
  readonly missingSounds: readonly string[];
  /** Of the file. */
  readonly bytes: number;
  readonly sha256: string;
}

interface Source extends ManifestFile {
  /** Where it lies. */
  readonly source: string;
}

/** Of folders in the data directory in which a copy of the database lies meanwhile. */
const WORK = ".backup-";
/** An older one was left by a process that was killed. */
const LEFTOVER_MS = 24 * 3_600_000;

/**
 * Writes a backup, while the service runs or not: everything that was committed before it began, and no half of
 * anything. The service is not told of it and waits for nothing.
 *
 * @throws {BackupError} `file_exists`, `no_room`, `key_rotating`
 * @throws {DamagedCopyError} when the database itself is damaged.
 */
export async function makeBackup(order: BackupOrder): Promise<MadeBackup> {
  const { dataDir, promptsDir, place, file, withKeys, encryption, now } = order;
  await refuseExisting(file);
  const bytes = await place.copies.bytes();
  await refuseWithoutRoom(dataDir, bytes * roomsFor(place));
  await refuseWithoutRoom(path.dirname(file), bytes);
  await removeLeftovers(dataDir, now);
  const keyFile = keyFileOf(order);
  const unlock = order.pending === undefined ? await holdKey(keyFile) : () => undefined;
  const work = await mkdtemp(path.join(dataDir, WORK));
  try {
    const copy = path.join(work, DATABASE);
    await writeDatabaseFile(place, copy, order.pending);
    const facts = await inspectDatabaseFile(copy);
    // After the database: a sound is on the disk before a row names it, and is never changed.
    const { sources, missing } = await soundSources(promptsDir, facts.sounds);
    const secrets = withKeys ? await secretsOf(dataDir, keyFile) : [];
    const all = [...(await sourcesOf(work, [DATABASE])), ...secrets, ...sources];
    const manifest: Manifest = {
      honnin_backup: FORMAT,
      version: VERSION,
      created_at: new Date(now).toISOString(),
      dialect: FILE_DIALECT,
      made_from: place.copies.dialect,
      schema: [...facts.made],
      counts: facts.counts,
      key_fingerprint: facts.keyFingerprint,
      has_keys: secrets.length > 0,
      files: all.map(({ name, bytes: size, sha256 }) => ({ name, bytes: size, sha256 })),
    };
    const plain = packTar(entries(manifest, all, new Date(now)));
    await writeWhole(file, encryption === null ? plain : await encryptedStream(plain, encryption));
    const written = await stat(file);
    return { manifest, missingSounds: missing, bytes: written.size, sha256: await sha256File(file) };
  } finally {
    await rm(work, { recursive: true, force: true });
    unlock();
  }
}

/**
 * Half of the copy under one key and half under another would be opened by neither alone.
 *
 * @returns the function that lets the key be rotated again.
 * @throws {BackupError} `key_rotating`
 */
async function holdKey(keyFile: string): Promise<() => void> {
  await mkdir(path.dirname(keyFile), { recursive: true, mode: 0o700 });
  const unlock = takeKeyLock(keyFile);
  const text = await readFile(keyFile, "utf8").catch(() => null);
  if (unlock !== null && (text === null || readKeyFile(text).formerFingerprint === null)) return unlock;
  unlock?.();
  throw new BackupError(
    "key_rotating",
    "the data key is being rotated, or another backup is being made: try again after that " +
      "(a rotation that was broken off is ended by honnin data-key rotate)",
  );
}

async function encryptedStream(plain: Readable, encryption: Encryption): Promise<Readable> {
  const sealed = await encrypted(Readable.toWeb(plain) as ReadableStream<Uint8Array>, encryption);
  return Readable.from(chunksOf(sealed), { objectMode: false });
}

/** Chunks of a stream of the web's kind, which the types of Node's own do not quite take. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function entries(manifest: Manifest, all: readonly Source[], mtime: Date): TarSource[] {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const sum = `${createHash("sha256").update(text).digest("hex")}  ${MANIFEST}\n`;
  const common = { mtime, mode: 0o600 };
  return [
    { type: "content", content: text, target: MANIFEST, ...common },
    ...all.map(({ name, source, bytes }): TarSource =>
      bytes === 0
        ? { type: "content", content: "", target: name, ...common }
        : { type: "stream", content: lazily(source), size: bytes, target: name, ...common },
    ),
    { type: "content", content: sum, target: MANIFEST_SUM, ...common },
  ];
}

/** Opened when its turn comes: there may be more files than a process may have open. */
function lazily(file: string): Readable {
  return Readable.from(
    (async function* read() {
      yield* createReadStream(file) as AsyncIterable<Buffer>;
    })(),
    { objectMode: false },
  );
}

async function soundSources(
  dir: string,
  sounds: readonly string[],
): Promise<{ readonly sources: readonly Source[]; readonly missing: readonly string[] }> {
  const sources: Source[] = [];
  const missing: string[] = [];
  for (const sound of sounds) {
    const files = await readdir(path.join(dir, sound)).catch(() => []);
    if (files.length === 0) missing.push(sound);
    const found = await sourcesOf(
      dir,
      files.map((name) => `${sound}/${name}`),
    );
    sources.push(...found.map((source) => ({ ...source, name: `${PROMPTS}/${source.name}` })));
  }
  return { sources, missing };
}

/** Wherever the data key lies, it has one name in the archive. */
async function secretsOf(dataDir: string, keyFile: string): Promise<Source[]> {
  const all = WITH_KEY.map((name) => ({ name, source: placeOf(name, dataDir, keyFile) }));
  return Promise.all(all.filter(({ source }) => existsSync(source)).map(sourceOf));
}

function sourcesOf(dir: string, names: readonly string[]): Promise<Source[]> {
  return Promise.all(names.map((name) => sourceOf({ name, source: path.join(dir, name) })));
}

async function sourceOf({ name, source }: Pick<Source, "name" | "source">): Promise<Source> {
  return { name, source, bytes: (await stat(source)).size, sha256: await sha256File(source) };
}

async function removeLeftovers(dataDir: string, now: number): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(WORK)) continue;
    const folder = path.join(dataDir, name);
    const at = await stat(folder).catch(() => undefined);
    if (at !== undefined && now - at.mtimeMs > LEFTOVER_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

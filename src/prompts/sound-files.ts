import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { encode, FORMATS } from "../sound/formats.js";
import { HOUR_MS } from "../verification/durations.js";

/** Of names: what is being written, and a recording that is being decoded. */
const DRAFT = ".new-";
export const INPUT = ".in-";
/** Younger ones may belong to a command that is at work. */
const LEFTOVER_MS = HOUR_MS;

/** Path without ending, as Asterisk wants it. */
export function soundPath(dir: string, sound: string, id: string): string {
  return path.join(dir, sound, id);
}

/** Writes a sound in all formats into a new folder, which appears whole or not at all. @returns the folder's name. */
export async function keepSound(dir: string, id: string, pcm: Int16Array): Promise<string> {
  const sound = randomUUID();
  await placeSound(dir, sound, async (write) => {
    for (const format of FORMATS) await write(`${id}.${format}`, encode(pcm, format));
  });
  return sound;
}

/**
 * Writes a sound in all formats into a folder that may be there, over what is there under these names: who plays an
 * older file hears it to its end. Not durably, for it can be made anew.
 */
export async function replaceSound(dir: string, sound: string, id: string, pcm: Int16Array): Promise<void> {
  const mode = await modeOf(dir);
  const folder = path.join(dir, sound);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, mode);
  for (const format of FORMATS) {
    const draft = path.join(dir, `${DRAFT}${randomUUID()}`);
    try {
      await writeFile(draft, encode(pcm, format), { flag: "wx", mode: 0o600 });
      await chmod(draft, mode & 0o644);
      await rename(draft, `${soundPath(dir, sound, id)}.${format}`);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

/** Of folders of sounds: readable for whom the folder of all is, whatever the umask: an Asterisk of the user's own may run as somebody else. */
async function modeOf(dir: string): Promise<number> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return (await stat(dir)).mode & 0o755;
}

/** Brings a sound that was kept elsewhere, as by a backup, into the versions' folder; one that is there stays. */
export async function adoptSound(dir: string, sound: string, from: string): Promise<void> {
  if (existsSync(path.join(dir, sound))) return;
  await placeSound(dir, sound, async (write) => {
    for (const name of await readdir(from)) await write(name, await readFile(path.join(from, name)));
  });
}

async function placeSound(
  dir: string,
  sound: string,
  fill: (write: (name: string, bytes: Buffer) => Promise<void>) => Promise<void>,
): Promise<void> {
  const mode = await modeOf(dir);
  const draft = path.join(dir, `${DRAFT}${sound}`);
  // Of a restore that was killed; a new sound has a new name.
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    await fill((name, bytes) => writeDurably(path.join(draft, name), bytes, mode & 0o644));
    await chmod(draft, mode);
    await sync(draft);
    await rename(draft, path.join(dir, sound));
    await sync(dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** For sounds that were kept and then not needed. */
export async function discardSound(dir: string, sound: string): Promise<void> {
  await rm(path.join(dir, sound), { recursive: true, force: true });
}

/**
 * What processes that were killed have left half done. Only that: a whole folder that no row names may be named
 * by another database, of which this command was not told.
 */
export async function removeLeftovers(dir: string, now: number): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    if (!name.startsWith(DRAFT) && !name.startsWith(INPUT)) continue;
    const at = await stat(path.join(dir, name)).catch(() => undefined);
    if (at === undefined || now - at.mtimeMs < LEFTOVER_MS) continue;
    await rm(path.join(dir, name), { recursive: true, force: true });
  }
}

async function writeDurably(file: string, bytes: Buffer, mode: number): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Of a folder: its names. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

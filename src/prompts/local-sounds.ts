import { existsSync, statSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { encode, type Format, FORMATS } from "../sound/formats.js";
import { readWave } from "../sound/wave.js";
import { isHash, listNamedSounds, listSoundsInUse } from "../store/prompt-sounds.js";
import type { Store } from "../store/store.js";
import { replaceSound, soundPath } from "./sound-files.js";
import { sha256Of, storedSound } from "./stored-sound.js";

/** A prompt's own sound: its hash, or of before its folder; and the prompt, by whose id the file is named. */
export interface OwnSound {
  readonly sound: string;
  readonly id: string;
}

/** A sound cannot be had here now. */
export class SoundUnavailableError extends Error {
  readonly code = "sound_unavailable";
}

/** How a file is, as far as its inode says. */
interface Look {
  readonly ino: number;
  readonly size: number;
  readonly ctimeMs: number;
}

/** A sound that was seen to be whole. */
interface Whole {
  /** A file each format, as they were then. */
  readonly files: readonly (Look | null)[];
  /** When they were last seen to be so still, by `performance.now()`. */
  lookedAt: number;
}

/** So long after a look at files, milliseconds, they are not looked at again: at a hundred calls a second each would. */
const LOOK_MS = 100;
/** How long a call waits for sounds from the database, milliseconds: somebody has answered, or hears it ring. */
const PATIENCE_MS = 3_000;
/** Sounds that are brought for one call at the same time. */
const AT_ONCE = 4;

/**
 * The sounds of prompts as files for this node's Asterisk: a cache of what is in the database, by hash. It may be
 * deleted at any time, in whole or in part.
 *
 * A file is read and compared when it is seen first, and again when it was touched; that it was not is known from its
 * inode, 3 µs a file, and nobody is asked.
 */
export class LocalSounds {
  readonly #store: Store;
  readonly #dir: string;
  readonly #lookMs: number;
  /** By path without ending. */
  readonly #seen = new Map<string, Whole>();
  /** By path without ending. */
  readonly #bringing = new Map<string, Promise<void>>();

  /** @param dir of the sounds of versions. */
  constructor(store: Store, dir: string, lookMs = LOOK_MS) {
    this.#store = store;
    this.#dir = dir;
    this.#lookMs = lookMs;
  }

  /** Absolute path without ending, as Asterisk wants it, whether something is there or not. */
  pathOf({ sound, id }: OwnSound): string {
    return soundPath(this.#dir, sound, id);
  }

  /**
   * Sees to it that a sound lies here, whole.
   *
   * @throws {SoundUnavailableError} also when it does not come in time; then it still comes, for whoever asks next.
   * @throws {StoreUnavailableError}
   */
  async bring(own: OwnSound): Promise<string> {
    const file = this.pathOf(own);
    if (this.#isHere(own)) return file;
    if (!isHash(own.sound)) throw new SoundUnavailableError("its files are gone");
    const late = new AbortController();
    const inTime = delay(PATIENCE_MS, undefined, { ref: false, signal: late.signal }).then(
      () => {
        throw new SoundUnavailableError("the database did not give it in time");
      },
      () => undefined,
    );
    try {
      await Promise.race([this.#brought(own), inTime]);
    } finally {
      late.abort();
    }
    return file;
  }

  /** The same for what a call may play. @returns why some are not here, by their paths. */
  async bringAll(owns: readonly OwnSound[]): Promise<ReadonlyMap<string, unknown>> {
    const missing = owns.filter((own) => !this.#isHere(own));
    const why = new Map<string, unknown>();
    const next = missing.values();
    const bringOn = async (): Promise<void> => {
      for (const own of next)
        await this.bring(own).catch((error: unknown) => why.set(this.pathOf(own), error));
    };
    await Promise.all(missing.slice(0, AT_ONCE).map(bringOn));
    return why;
  }

  /**
   * Deletes what no version names any more, and brings what calls may play, one after another: on a new node, or after a
   * command, the first call need not wait. Ends where something cannot be had: calls will see.
   *
   * @param stopped asked between two sounds.
   */
  async tidyAndBring(stopped: () => boolean): Promise<void> {
    const named = new Set(await listNamedSounds(this.#store.read));
    for (const name of await readdir(this.#dir).catch(() => [])) {
      if (isHash(name) && !named.has(name)) await rm(path.join(this.#dir, name), { recursive: true });
    }
    for (const { sound, prompt_id: id } of await listSoundsInUse(this.#store.read)) {
      if (stopped()) return;
      if (isHash(sound)) await this.bring({ sound, id });
    }
  }

  #isHere(own: OwnSound): boolean {
    const file = this.pathOf(own);
    if (!isHash(own.sound)) return existsSync(`${file}.ulaw`);
    const seen = this.#seen.get(file);
    if (seen === undefined) return false;
    const now = performance.now();
    if (now - seen.lookedAt < this.#lookMs) return true;
    seen.lookedAt = now;
    if (seen.files.every((one, nth) => one !== null && isSame(one, look(file, FORMATS[nth])))) return true;
    this.#seen.delete(file);
    return false;
  }

  #brought(own: OwnSound): Promise<void> {
    const file = this.pathOf(own);
    let bringing = this.#bringing.get(file);
    if (bringing === undefined) {
      bringing = this.#bring(own, file).finally(() => {
        this.#bringing.delete(file);
      });
      this.#bringing.set(file, bringing);
    }
    return bringing;
  }

  async #bring({ sound, id }: OwnSound, file: string): Promise<void> {
    // Before it is read: what is changed meanwhile is seen to be another file then.
    let seen = lookAt(file);
    if (!(await isWhole(file, sound))) {
      const stored = await storedSound(
        { store: this.#store, dir: this.#dir },
        { sound, prompt_id: id, wav_sha256: sound },
      );
      if ("damage" in stored) throw new SoundUnavailableError(`it is ${stored.damage} in the database`);
      await replaceSound(this.#dir, sound, id, readWave(stored.wav).pcm);
      seen = lookAt(file);
    }
    this.#seen.set(file, { files: seen, lookedAt: performance.now() });
  }
}

function lookAt(file: string): readonly (Look | null)[] {
  return FORMATS.map((format) => look(file, format));
}

function look(file: string, format: Format | undefined): Look | null {
  return statSync(`${file}.${format ?? ""}`, { throwIfNoEntry: false }) ?? null;
}

function isSame(one: Look, other: Look | null): boolean {
  return other !== null && one.ino === other.ino && one.size === other.size && one.ctimeMs === other.ctimeMs;
}

/** Whether all formats are there, the WAV of that hash, and the others made from it. */
async function isWhole(file: string, hash: string): Promise<boolean> {
  try {
    const wav = await readFile(`${file}.wav`);
    if (sha256Of(wav) !== hash) return false;
    const { pcm } = readWave(wav);
    for (const format of FORMATS) {
      if (format !== "wav" && !encode(pcm, format).equals(await readFile(`${file}.${format}`))) return false;
    }
    return true;
  } catch {
    return false;
  }
}

import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { DAY_MS, HOUR_MS } from "../verification/durations.js";
import { discardSound, keepSound, soundPath } from "./sound-files.js";

/** Its folder in the versions' folder. */
const FOLDER = "payees";
const NAME = "payee";
/** A verification lives ten minutes at most; who is paid today is often paid tomorrow. */
const KEPT_MS = DAY_MS;
/** Some 150 KB each. */
const MOST_KEPT = 500;
const MOST_MORE = 50;

/** The sounds of payees that were spoken, by a keyed hash of what was said: no name on the disk tells whom. */
export class SpokenPayees {
  readonly #dir: string;
  #tidiedAt = -Infinity;
  /** Since then. */
  #kept = 0;

  /** @param dir of the versions. */
  constructor(dir: string) {
    this.#dir = path.join(dir, FOLDER);
  }

  /** Path without ending; null: it was not spoken, or long ago. */
  async find(key: string, now: number): Promise<string | null> {
    const file = soundPath(this.#dir, key, NAME);
    if (!existsSync(`${file}.ulaw`)) return null;
    await utimes(path.dirname(file), now / 1000, now / 1000);
    return file;
  }

  /** Keeps one, whole or not at all. */
  async keep(key: string, pcm: Int16Array, now: number): Promise<string> {
    const kept = await keepSound(this.#dir, NAME, pcm);
    const made = path.join(this.#dir, kept);
    try {
      await rename(made, path.join(this.#dir, key));
    } catch (error) {
      await discardSound(this.#dir, kept);
      // Another node with the same folder was quicker.
      if (!existsSync(`${soundPath(this.#dir, key, NAME)}.ulaw`)) throw error;
    }
    await utimes(path.join(this.#dir, key), now / 1000, now / 1000);
    this.#kept += 1;
    await this.#tidy(now);
    return soundPath(this.#dir, key, NAME);
  }

  /** Removes what nobody has asked for, once an hour or after some more; of what is left, the oldest over the bound. */
  async #tidy(now: number): Promise<void> {
    if (now - this.#tidiedAt < HOUR_MS && this.#kept < MOST_MORE) return;
    this.#tidiedAt = now;
    this.#kept = 0;
    await mkdir(this.#dir, { recursive: true });
    const kept: { readonly name: string; readonly usedAt: number }[] = [];
    for (const name of await readdir(this.#dir)) {
      const at = await stat(path.join(this.#dir, name)).catch(() => undefined);
      if (at !== undefined) kept.push({ name, usedAt: at.mtimeMs });
    }
    kept.sort((a, b) => b.usedAt - a.usedAt);
    for (const { name } of kept.filter(({ usedAt }, nth) => nth >= MOST_KEPT || now - usedAt > KEPT_MS)) {
      await rm(path.join(this.#dir, name), { recursive: true, force: true });
    }
  }
}

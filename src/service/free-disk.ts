import { statfs } from "node:fs/promises";
import { errorText, type Logger } from "../log.js";

/** Between two looks, milliseconds: at 50 MB a second a disk loses 250 MB meanwhile. */
const EVERY_MS = 5_000;
/** There is room again from so much more on, so that it is not said twice a minute. */
const AGAIN = 1.1;

/**
 * Looks how much is free of the disks on which we write: the database may lie on another than the data directory.
 * Below a floor on one of them nothing new is registered, so that calls in progress can still be stored to their end:
 * SQLite on a full disk refuses every commit.
 */
export class FreeDisk {
  readonly #paths: readonly string[];
  readonly #floor: number;
  readonly #log: Logger;
  #hasRoom = true;
  #free: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * @param paths something on each of the disks.
   * @param floor bytes.
   */
  constructor(paths: readonly string[], floor: number, log: Logger) {
    this.#paths = paths;
    this.#floor = floor;
    this.#log = log;
  }

  get hasRoom(): boolean {
    return this.#hasRoom;
  }

  /** Bytes at the last look, of the disk that has least; null: it could not be read yet. */
  get free(): number | null {
    return this.#free;
  }

  /** Looks now, and from then on. */
  async start(): Promise<void> {
    try {
      this.#judge(Math.min(...(await Promise.all(this.#paths.map(freeAt)))));
    } catch (error) {
      this.#log.warn("the free disk space could not be read", { error: errorText(error) });
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.start(), EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #judge(free: number): void {
    this.#free = free;
    const hasRoom = free >= this.#floor * (this.#hasRoom ? 1 : AGAIN);
    if (hasRoom === this.#hasRoom) return;
    this.#hasRoom = hasRoom;
    const megabytes = { free_mb: Math.floor(free / 1e6), floor_mb: Math.floor(this.#floor / 1e6) };
    if (hasRoom) this.#log.info("the disk has room again: registrations are taken", megabytes);
    else this.#log.error("the disk is nearly full: registrations are refused", megabytes);
  }
}

/** Bytes that an ordinary user may still write; root's reserve does not help us. */
async function freeAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";
import { hasErrorCode } from "../error-code.js";

/** Severity of a line of Asterisk's, in the words of our own log. */
export type LogLevel = "error" | "warn" | "info" | "debug";

const LEVELS: Readonly<Record<string, LogLevel>> = {
  ERROR: "error",
  WARNING: "warn",
  NOTICE: "info",
  SECURITY: "info",
};

const CUT_SHORT = /playback_final_update: \S+ Playback (failed|stopped) for /;
const NOT_LINKED_YET = "tries to include nonexistent context 'stasis-honnin'";

/**
 * Whether a line tells of no trouble at all: a prompt that ends because the person hung up is said to have failed,
 * and one that ends because the person keyed to have been stopped. Four times a call, they would hide the lines that
 * matter, and writing them took a twentieth of the time that a call costs us. The context that is there while Honnin is
 * linked is missed at each start.
 */
export function tellsOfNoTrouble(line: string): boolean {
  return CUT_SHORT.test(line) || line.includes(NOT_LINKED_YET);
}

/** The level that Asterisk gave a line: `[2026-11-23 11:36:01.123] WARNING[1234]: file.c:…`. */
export function levelOfLine(line: string): LogLevel {
  const word = /^(?:\[[^\]]*\] )?([A-Z]+)\[\d+\]/.exec(line)?.[1];
  return LEVELS[word ?? ""] ?? "debug";
}

/**
 * The line with telephone numbers cut to their first three and last two digits: Asterisk names callers and
 * called in many of its messages, and a log is read by more people than may know whom we call.
 */
export function withoutNumbers(line: string): string {
  return line.replace(/(?<=[:'"<(/,@ ])(\+?\d{3})\d{4,10}(\d{2})(?=[@;'"> )*,]|$)/g, "$1***$2");
}

/**
 * The line without which digit or letter was played: a playback that is cut short is named in a NOTICE, and
 * the pieces spell a code.
 */
export function withoutSpelling(line: string): string {
  return line.replace(/\b(digit|letter)-(?:upper|lower|[0-9a-z])\b/g, "$1-*");
}

/** Beyond this the file becomes `log.1`; two of them are the most that is ever kept. */
const TURN_OVER_BYTES = 5_000_000;

/** The last lines in memory for error messages, all of them on disk. */
export class OutputLog {
  readonly #path: string;
  readonly #recent: string[] = [];
  #bytes = 0;
  #file: WriteStream | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  add(line: string): void {
    this.#recent.push(line);
    if (this.#recent.length > 20) this.#recent.shift();
    try {
      this.#file ??= this.#open();
      this.#file.write(`${line}\n`);
      this.#bytes += line.length + 1;
      if (this.#bytes > TURN_OVER_BYTES) this.#turnOver();
    } catch {
      // A full disk, or a file that somebody took away, must not end the service: the lines have gone to the
      // caller's log as well. The next line tries anew.
      this.#file = null;
    }
  }

  /** Errors and warnings of the last lines if there are any, else the last lines. */
  lastWords(): string[] {
    const grave = this.#recent.filter((line) => ["error", "warn"].includes(levelOfLine(line)));
    return (grave.length > 0 ? grave : this.#recent).slice(-8);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    await new Promise<void>((resolve) => {
      file.end(resolve);
    });
  }

  #open(): WriteStream {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    this.#bytes = sizeOf(this.#path);
    const file = createWriteStream(this.#path, { flags: "a", mode: 0o600 });
    file.on("error", () => {
      if (this.#file === file) this.#file = null;
    });
    return file;
  }

  #turnOver(): void {
    this.#file?.end();
    this.#file = null;
    renameSync(this.#path, `${this.#path}.1`);
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return 0;
    throw error;
  }
}

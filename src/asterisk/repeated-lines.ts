import { levelOfLine, type LogLevel } from "./output-log.js";
import { TopSources } from "./top-sources.js";

const EVERY_MS = 60_000;
/** Lines of one shape that are let through in a minute: more tell nothing new. */
const MOST_ALIKE = 30;
/** Shapes that are told apart; a stranger who makes up ever new ones has the rest for all of them. */
const MOST_SHAPES = 200;

/** Two of a refused request: the notice, and the security event behind it. */
const REFUSED = /Request '[^']*' from .* failed for '([^']*?)(?::\d+)?' \(callid: /;
const SECURITY = /SecurityEvent="[^"]*".*RemoteAddress="[^/"]*\/[^/"]*\/([^/"]*)/;

interface Alike {
  lines: number;
  /** The first of those that were kept back. */
  sample: string | null;
}

/**
 * Keeps what strangers can cause at will out of the log: whoever sends SIP requests to an open port has Asterisk write
 * some lines for each, 8 GB a day at a thousand a second. Requests that were refused are counted and told once a
 * minute with the address that sent most; of all other lines of one shape only the first of a minute are let through,
 * and the others counted.
 */
export class RepeatedLines {
  readonly #tell: (level: LogLevel, line: string) => void;
  #alike = new Map<string, Alike>();
  #refused = 0;
  #security = 0;
  #sources = new TopSources();
  #timer: NodeJS.Timeout | undefined;

  /** @param tell is given the sums. */
  constructor(tell: (level: LogLevel, line: string) => void) {
    this.#tell = tell;
  }

  /** Whether the line is to be logged by itself. */
  admits(line: string): boolean {
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, EVERY_MS).unref();
    const refused = REFUSED.exec(line)?.[1];
    const source = refused ?? SECURITY.exec(line)?.[1];
    if (source !== undefined) {
      if (refused === undefined) this.#security += 1;
      else this.#refused += 1;
      this.#sources.count(source);
      return false;
    }
    const shape = this.#shapeOf(line);
    const alike = this.#alike.get(shape) ?? { lines: 0, sample: null };
    this.#alike.set(shape, alike);
    alike.lines += 1;
    if (alike.lines <= MOST_ALIKE) return true;
    alike.sample ??= line;
    return false;
  }

  /** Tells the sums of the minute so far, if there are any. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const top = this.#sources.top;
    if (top !== undefined) {
      const seconds = EVERY_MS / 1000;
      this.#tell(
        "info",
        `SIP of strangers in ${seconds} s: ${this.#refused} requests refused, ${this.#security} security events; ` +
          `most from ${top.source} (${top.count})`,
      );
    }
    for (const { lines, sample } of this.#alike.values()) {
      if (sample === null) continue;
      this.#tell(
        levelOfLine(sample),
        `${lines - MOST_ALIKE} more lines like this one: ${sample.slice(0, 300)}`,
      );
    }
    this.#alike = new Map();
    this.#refused = 0;
    this.#security = 0;
    this.#sources = new TopSources();
  }

  /** Where in Asterisk's source it comes from, with what differs from line to line left out. */
  #shapeOf(line: string): string {
    const shape = line
      .replace(/^\[[^\]]*\] /, "")
      .replace(/(["']).*?\1/g, "")
      .replace(/\d+/g, "#")
      .slice(0, 60);
    return this.#alike.has(shape) || this.#alike.size < MOST_SHAPES ? shape : "";
  }
}

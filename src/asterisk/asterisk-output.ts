import { isOfKeys } from "./key-line.js";
import {
  levelOfLine,
  type LogLevel,
  OutputLog,
  tellsOfNoTrouble,
  withoutNumbers,
  withoutSpelling,
} from "./output-log.js";
import { RepeatedLines } from "./repeated-lines.js";

/** What Asterisk says, without numbers, codes and keys and without what says nothing, kept in a file and passed on. */
export class AsteriskOutput {
  readonly #kept: OutputLog;
  readonly #repeated: RepeatedLines;
  readonly #log: (level: LogLevel, line: string) => void;

  constructor(file: string, log: (level: LogLevel, line: string) => void) {
    this.#kept = new OutputLog(file);
    this.#log = log;
    this.#repeated = new RepeatedLines((level, line) => {
      this.#keep(level, line);
    });
  }

  add(raw: string): void {
    if (isOfKeys(raw) || tellsOfNoTrouble(raw)) return;
    const line = withoutSpelling(withoutNumbers(raw));
    if (this.#repeated.admits(line)) this.#keep(levelOfLine(line), line);
  }

  lastWords(): readonly string[] {
    return this.#kept.lastWords();
  }

  async close(): Promise<void> {
    this.#repeated.flush();
    await this.#kept.close();
  }

  #keep(level: LogLevel, line: string): void {
    this.#kept.add(line);
    this.#log(level, line);
  }
}

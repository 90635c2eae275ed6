import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CommandError, EXIT } from "./exit-codes.js";
import { say } from "./output.js";

/** Shorter ones are tried through: whoever has the file has all the time in the world. */
const LEAST = 12;

/**
 * A passphrase from the first line of a file, or typed at the terminal without being shown; never from an argument,
 * which everybody on the machine can read.
 *
 * @param file undefined: it is asked for.
 * @param isNew it is typed twice, and has to be long enough.
 * @throws {CommandError}
 */
export async function readPassphrase(file: string | undefined, isNew: boolean): Promise<string> {
  const passphrase = file === undefined ? await typed(isNew) : firstLine(file);
  if (isNew && passphrase.length < LEAST) {
    throw new CommandError(
      `パスフレーズは ${String(LEAST)} 文字以上にしてください / the passphrase needs ${String(LEAST)} characters or more`,
      EXIT.usage,
    );
  }
  return passphrase;
}

function firstLine(file: string): string {
  return readLines(file)[0] ?? "";
}

/** Lines of a file that a person writes, without blanks at their ends. @throws {CommandError} when it cannot be read. */
export function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.trim());
  } catch (error) {
    throw new CommandError(
      `${file}: ${error instanceof Error ? error.message : "cannot be read"}`,
      EXIT.usage,
    );
  }
}

async function typed(isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CommandError(
      "端末がないため、--passphrase-file でファイルを指定してください / without a terminal name a file by --passphrase-file",
      EXIT.usage,
    );
  }
  const first = await ask("パスフレーズ / passphrase: ");
  if (!isNew || (await ask("もう一度 / again: ")) === first) return first;
  throw new CommandError("2 回の入力が一致しません / the two are not the same", EXIT.usage);
}

/** What is typed is not shown. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return (await lines.question("")).trim();
  } finally {
    lines.close();
    say("");
  }
}

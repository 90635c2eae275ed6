import { createInterface } from "node:readline";
import { CommandError, EXIT } from "./exit-codes.js";
import { say } from "./output.js";

/**
 * The code, from where nobody else on this machine can read it: the arguments of a command stand in the list of
 * processes, and in the history of the shell.
 *
 * @throws {CommandError}
 */
export async function readCode(option: string): Promise<string> {
  if (option !== "-") {
    throw new CommandError(
      "--code takes `-` alone, and reads the code from standard input: what is written on the command line " +
        "everybody on this machine can read",
      EXIT.usage,
    );
  }
  const { stdin } = process;
  if (stdin.isTTY) say("認証番号を入力してください / the code:");
  const line = await firstLine(stdin);
  if (line === "") throw new CommandError("--code -: there was no code on standard input", EXIT.usage);
  return line;
}

/** The first line of a stream, without blanks at its ends; empty where there is none. What comes after is not read. */
export async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stream });
  try {
    for await (const line of lines) return line.trim();
    return "";
  } finally {
    lines.close();
  }
}

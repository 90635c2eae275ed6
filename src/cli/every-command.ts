import type { Command } from "commander";

/** Each command below a program and those below it in turn, with its path without the program's name: `key create`. */
export function* everyCommand(
  parent: Command,
  above = "",
): Generator<{ readonly path: string; readonly command: Command }> {
  for (const command of parent.commands) {
    const path = above === "" ? command.name() : `${above} ${command.name()}`;
    yield { path, command };
    yield* everyCommand(command, path);
  }
}

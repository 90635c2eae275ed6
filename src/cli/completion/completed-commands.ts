import type { Command } from "commander";

/** A command, and the words that may follow it. */
export interface CompletedCommand {
  /** `honnin key create` */
  readonly path: string;
  readonly words: readonly string[];
}

/** Every command by itself, the program first. */
export function completedCommands(program: Command): readonly CompletedCommand[] {
  return [...walk(program, program.name())];
}

function* walk(command: Command, path: string): Generator<CompletedCommand> {
  const options = command.options.flatMap(({ long }) => (typeof long === "string" ? [long] : []));
  yield { path, words: [...command.commands.map((one) => one.name()), ...options, "--help"] };
  for (const one of command.commands) yield* walk(one, `${path} ${one.name()}`);
}

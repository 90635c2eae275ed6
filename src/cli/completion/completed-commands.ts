import type { Command } from "commander";
import { everyCommand } from "../every-command.js";

/** A command, and the words that may follow it. */
export interface CompletedCommand {
  /** `honnin key create` */
  readonly path: string;
  readonly words: readonly string[];
}

/** Every command by itself, the program first. */
export function completedCommands(program: Command): readonly CompletedCommand[] {
  const name = program.name();
  const below = [...everyCommand(program)].map(({ path, command }) => completed(command, `${name} ${path}`));
  return [completed(program, name), ...below];
}

function completed(command: Command, path: string): CompletedCommand {
  const options = command.options.flatMap(({ long }) => (typeof long === "string" ? [long] : []));
  return { path, words: [...command.commands.map((one) => one.name()), ...options, "--help"] };
}

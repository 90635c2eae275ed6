import { Command } from "commander";
import { CommandError, EXIT } from "../exit-codes.js";
import { printData } from "../output.js";
import { bashCompletion } from "./bash.js";
import { completedCommands } from "./completed-commands.js";
import { fishCompletion } from "./fish.js";
import { zshCompletion } from "./zsh.js";

/** What completes the command, by the shell. */
const SHELLS = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);
const NAMES = [...SHELLS.keys()].join(", ");

/** @param addAll adds every command, which are completed too. */
export function addCompletionCommand(program: Command, addAll: (program: Command) => Promise<void>): void {
  program
    .command("completion")
    .argument("<shell>", NAMES)
    .description('print what completes the command in a shell: eval "$(honnin completion bash)"')
    .action(async (shell: string) => {
      const completionOf = SHELLS.get(shell);
      if (completionOf === undefined) throw new CommandError(`the shell: ${NAMES}`, EXIT.usage);
      const all = new Command("honnin");
      await addAll(all);
      printData(completionOf(completedCommands(all)).trimEnd());
    });
}

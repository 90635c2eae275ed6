import { Command } from "commander";
import { CommandError, EXIT } from "../exit-codes.js";
import { printData } from "../output.js";
import { bashCompletion } from "./bash.js";
import { completedCommands } from "./completed-commands.js";

const SHELL = "bash";

/** @param addAll adds every command, which are completed too. */
export function addCompletionCommand(program: Command, addAll: (program: Command) => Promise<void>): void {
  program
    .command("completion")
    .argument("<shell>", "bash")
    .description('print what completes the command in a shell: eval "$(honnin completion bash)"')
    .action(async (shell: string) => {
      if (shell !== SHELL) throw new CommandError(`the shell: ${SHELL}`, EXIT.usage);
      const all = new Command("honnin");
      await addAll(all);
      printData(bashCompletion(completedCommands(all)).trimEnd());
    });
}

import { Command, CommanderError } from "commander";
import { ConfigError } from "../config-error.js";
import { errorText } from "../log.js";
import { addCommands } from "./commands.js";
import { addExamples } from "./examples.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { say } from "./output.js";

const program = new Command("honnin")
  .description("telephone authentication over Asterisk / 電話認証エンジン")
  .exitOverride()
  .showHelpAfterError();

try {
  await addCommands(program, process.argv[2]);
  addExamples(program);
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // commander has said what was wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandError || error instanceof ConfigError) {
    say(error.message);
    return error instanceof CommandError ? error.exitCode : EXIT.config;
  }
  say(withCode(error));
  return EXIT.unavailable;
}

/** The stable code behind the words: that is what a script or a support desk looks for. */
function withCode(error: unknown): string {
  const text = errorText(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code !== "string" || text.includes(code) ? text : `${text} [${code}]`;
}

import { Command, CommanderError } from "commander";
import { ConfigError } from "../config-error.js";
import { errorText } from "../log.js";
import { addClientSettingCommands } from "./settings-of-client.js";
import { addClientCommands } from "./client.js";
import { addConfigCommands } from "./config.js";
import { addDemoCommand } from "./demo.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { addKeyCommands } from "./key.js";
import { say } from "./output.js";
import { addPromptCommands } from "./prompts/prompts.js";
import { addServeCommand } from "./serve.js";
import { addUsageCommand } from "./usage.js";
import { addVerifyCommand } from "./verify.js";
import { addWebhookCommands } from "./webhooks.js";

const program = new Command("honnin")
  .description("telephone authentication over Asterisk / 電話認証エンジン")
  .exitOverride()
  .showHelpAfterError();
addServeCommand(program);
addDemoCommand(program);
addConfigCommands(program);
addClientSettingCommands(addClientCommands(program));
addKeyCommands(program);
addVerifyCommand(program);
addUsageCommand(program);
addWebhookCommands(program);
addPromptCommands(program);

try {
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

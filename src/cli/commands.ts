import type { Command } from "commander";

type AddCommand = (program: Command) => Promise<unknown>;

/** Each is loaded when it is called for: all of them cost every start half a second of a core, `serve` the most. */
const COMMANDS: Readonly<Record<string, AddCommand>> = {
  serve: async (program) => (await import("./serve.js")).addServeCommand(program),
  demo: async (program) => (await import("./demo.js")).addDemoCommand(program),
  config: async (program) => (await import("./config.js")).addConfigCommands(program),
  client: async (program) => {
    const client = (await import("./client.js")).addClientCommands(program);
    (await import("./settings-of-client.js")).addClientSettingCommands(client);
  },
  key: async (program) => (await import("./key.js")).addKeyCommands(program),
  verify: async (program) => (await import("./verify.js")).addVerifyCommand(program),
  usage: async (program) => (await import("./usage.js")).addUsageCommand(program),
  webhooks: async (program) => (await import("./webhooks.js")).addWebhookCommands(program),
  prompts: async (program) => (await import("./prompts/prompts.js")).addPromptCommands(program),
};

/** Adds the command that is named; all of them for help, or to say which there are. */
export async function addCommands(program: Command, named?: string): Promise<void> {
  const add = named === undefined ? undefined : COMMANDS[named];
  for (const one of add === undefined ? Object.values(COMMANDS) : [add]) await one(program);
}

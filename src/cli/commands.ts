import type { Command } from "commander";

type AddCommand = (program: Command) => unknown;

/** Each is loaded when it is called for: all of them cost every start half a second of a core, `serve` the most. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  serve: async () => (await import("./serve.js")).addServeCommand,
  demo: async () => (await import("./demo.js")).addDemoCommand,
  doctor: async () => (await import("./doctor/doctor.js")).addDoctorCommand,
  config: async () => (await import("./config.js")).addConfigCommands,
  client: async () => {
    const { addClientCommands } = await import("./client.js");
    const { addClientSettingCommands } = await import("./settings-of-client.js");
    const { addClientMessageCommand } = await import("./client-message.js");
    return (program) => {
      const client = addClientCommands(program);
      addClientSettingCommands(client);
      addClientMessageCommand(client);
    };
  },
  key: async () => (await import("./key.js")).addKeyCommands,
  trunk: async () => (await import("./trunk-test.js")).addTrunkCommands,
  verify: async () => (await import("./verify.js")).addVerifyCommand,
  verifications: async () => (await import("./verifications.js")).addVerificationCommands,
  trace: async () => (await import("./trace.js")).addTraceCommand,
  admin: async () => (await import("./admin.js")).addAdminCommands,
  audit: async () => (await import("./audit.js")).addAuditCommands,
  backup: async () => (await import("./backup.js")).addBackupCommand,
  restore: async () => (await import("./restore.js")).addRestoreCommand,
  database: async () => (await import("./database.js")).addDatabaseCommands,
  erase: async () => (await import("./erase.js")).addEraseCommand,
  "data-key": async () => (await import("./data-key.js")).addDataKeyCommands,
  receipt: async () => (await import("./receipts/receipt.js")).addReceiptCommands,
  node: async () => (await import("./node/node.js")).addNodeCommands,
  usage: async () => (await import("./usage.js")).addUsageCommand,
  webhooks: async () => (await import("./webhooks.js")).addWebhookCommands,
  completion: async () => {
    const { addCompletionCommand } = await import("./completion/completion.js");
    return (program) => {
      addCompletionCommand(program, addCommands);
    };
  },
  prompts: async () => (await import("./prompts/prompts.js")).addPromptCommands,
};

/** Adds the command that is named; all of them for help, or to say which there are. */
export async function addCommands(program: Command, named?: string): Promise<void> {
  const load = named === undefined ? undefined : COMMANDS[named];
  for (const one of load === undefined ? Object.values(COMMANDS) : [load]) (await one())(program);
}

import type { Command } from "commander";
import { issueKey, revokeKey } from "../acts/client-keys.js";
import { listApiKeys } from "../store/api-keys.js";
import { ensureClient } from "./client.js";
import { isoTime, parseExpiry, readStore, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable, say } from "./output.js";
import { byCommand } from "./who-runs.js";

interface CreateOptions {
  client: string;
  label: string;
  expires?: string;
  json?: true;
}

export function addKeyCommands(program: Command): void {
  const key = program.command("key").description("API keys");
  key
    .command("create")
    .requiredOption("--client <name>", "the client it speaks for; made if it is new")
    .option("--label <text>", "what it is for", "")
    .option("--expires <when>", "a date, or days ahead such as 90d")
    .option("--json", 'print {"key": …}')
    .description("make an API key; it is shown this once")
    .action(create);
  key
    .command("list")
    .option("--json", "print JSON")
    .description("list the keys, without their secret")
    .action(list);
  key.command("revoke").argument("<id>").description("make a key useless, at once").action(revoke);
}

function create(options: CreateOptions): Promise<void> {
  return writeStore(async (store) => {
    const now = Date.now();
    const expiresAt = options.expires === undefined ? null : parseExpiry(options.expires, now);
    if (options.expires !== undefined && expiresAt === null) {
      throw new CommandError("--expires wants a date in the future, or days ahead such as 90d", EXIT.usage);
    }
    const client = await ensureClient(store, options.client);
    const { label } = options;
    const issued = await store.write((db) =>
      issueKey(db, { vault: store.vault, now }, byCommand(), client, { label, expiresAt }),
    );
    if (options.json) {
      printJson({
        key: issued.key,
        id: issued.id,
        client: client.name,
        expires_at: isoTime(expiresAt) || null,
      });
    } else {
      say(`key ${issued.id} of client ${client.name}; keep it, it is not shown again:`);
      printData(issued.key);
    }
  });
}

function list(options: { json?: true }): Promise<void> {
  return readStore(async (store) => {
    const keys = await listApiKeys(store.read);
    if (options.json)
      printJson(
        keys.map((row) => ({
          ...row,
          created_at: isoTime(row.created_at),
          expires_at: isoTime(row.expires_at) || null,
          revoked_at: isoTime(row.revoked_at) || null,
        })),
      );
    else
      printTable(
        ["ID", "CLIENT", "LABEL", "CREATED", "EXPIRES", "REVOKED"],
        keys.map((row) => [
          row.id,
          row.client_name,
          row.label,
          isoTime(row.created_at),
          isoTime(row.expires_at),
          isoTime(row.revoked_at),
        ]),
      );
  });
}

function revoke(id: string): Promise<void> {
  return writeStore(async (store) => {
    const done = await store.write((db) =>
      revokeKey(db, { vault: store.vault, now: Date.now() }, byCommand(), null, id),
    );
    if (!done) throw new CommandError("no such key, or revoked already", EXIT.negative);
    say(`revoked ${id}`);
  });
}

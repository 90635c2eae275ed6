import type { Command } from "commander";
import { CLIENT_NAME_RULE, isClientName, makeClient } from "../acts/make-client.js";
import { findClientByName, listClients } from "../store/clients.js";
import type { ClientTable } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { isoTime, readStore, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable } from "./output.js";
import { suggestion } from "./suggestion.js";
import { byCommand } from "./who-runs.js";

/** The client of that name, made if it is new. */
export async function ensureClient(store: Store, name: string): Promise<ClientTable> {
  if (!isClientName(name)) {
    throw new CommandError(`a client's name is ${CLIENT_NAME_RULE}`, EXIT.usage);
  }
  const made = await store.write((db) =>
    makeClient(db, { vault: store.vault, now: Date.now() }, byCommand(), name),
  );
  return made ?? existingClient(store, name);
}

/** @throws {CommandError} when there is none of that name. */
export async function existingClient(store: Store, name: string): Promise<ClientTable> {
  const client = await findClientByName(store.read, name);
  if (client !== undefined) return client;
  const names = (await listClients(store.read)).map((one) => one.name);
  throw new CommandError(`no client is named ${name}${suggestion(name, names)}`, EXIT.negative);
}

/** @returns the command that those of its settings are added to. */
export function addClientCommands(program: Command): Command {
  const client = program.command("client").description("company servers that may use the API");
  client
    .command("create")
    .argument("<name>")
    .option("--json", "print JSON")
    .description("make a client")
    .action((name: string, options: { json?: true }) =>
      writeStore(async (store) => {
        const created = await ensureClient(store, name);
        if (options.json) printJson(clientJson(created));
        else printData(created.id);
      }),
    );
  client
    .command("list")
    .option("--json", "print JSON")
    .description("list the clients")
    .action((options: { json?: true }) =>
      readStore(async (store) => {
        const clients = await listClients(store.read);
        if (options.json) printJson(clients.map(clientJson));
        else
          printTable(
            ["ID", "NAME", "CREATED"],
            clients.map((row) => [row.id, row.name, isoTime(row.created_at)]),
          );
      }),
    );
  return client;
}

function clientJson({ id, name, created_at }: ClientTable): Readonly<Record<string, unknown>> {
  return { id, name, created_at: isoTime(created_at) };
}

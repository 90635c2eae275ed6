import type { Command } from "commander";
import { ADMIN_ROLES, type AdminRole } from "../admins/role.js";
import { inviteAdmin, LINK_MS, makeFirstLink, resetAdmin } from "../acts/admin-links.js";
import { changeAdmin } from "../acts/change-admin.js";
import { waysInto } from "../acts/ways-in.js";
import type { Config } from "../config.js";
import { adminNameSchema } from "../console/contract/accounts.js";
import { linkUrl } from "../console/link-url.js";
import { type AdminRow, findAdminByName, listAdmins } from "../store/admins.js";
import type { Store } from "../store/store.js";
import { isoTime, readStore, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printData, printJson, printTable, say } from "./output.js";
import { byCommand } from "./who-runs.js";

export function addAdminCommands(program: Command): void {
  const admin = program.command("admin").description("accounts of the console");
  admin
    .command("create")
    .argument("[name]", "what the account is called; without one, whoever has the link chooses")
    .option("--role <role>", "viewer, operator or admin", "viewer")
    .option("--json", "print JSON")
    .description("give a link by which somebody makes an account; it works once, for an hour")
    .action(create);
  admin.command("list").option("--json", "print JSON").description("list the accounts").action(list);
  admin
    .command("reset")
    .argument("<name>")
    .option("--json", "print JSON")
    .description(
      "take all ways in from an account, end its sessions, and give a link by which its owner makes new ones",
    )
    .action(reset);
  admin
    .command("disable")
    .argument("<name>")
    .description("let an account log in no more, and end its sessions at once")
    .action((name: string) => change(name, true));
  admin
    .command("enable")
    .argument("<name>")
    .description("let a disabled account log in again")
    .action((name: string) => change(name, false));
}

function create(name: string | undefined, options: { role: string; json?: true }): Promise<void> {
  const role = ADMIN_ROLES.find((one) => one === options.role);
  if (role === undefined) throw new CommandError(`--role: ${ADMIN_ROLES.join(", ")}`, EXIT.usage);
  return writeStore(async (store, config) => {
    const token = name === undefined ? await first(store, role) : await invited(store, name, role);
    printLink(config, token, options);
  });
}

async function first(store: Store, role: AdminRole): Promise<string> {
  if (role !== "admin")
    throw new CommandError("without a name only the first account is made: --role admin", EXIT.usage);
  const token = await store.write((db) => makeFirstLink(db, { vault: store.vault, now: Date.now() }));
  if (token === null) throw new CommandError("there is an account already: give a name", EXIT.usage);
  return token;
}

async function invited(store: Store, text: string, role: AdminRole): Promise<string> {
  const parsed = adminNameSchema.safeParse(text);
  if (!parsed.success) {
    throw new CommandError("a name is 1 to 64 letters, digits, blanks or . _ @ + -", EXIT.usage);
  }
  const name = parsed.data;
  const token = await store.write(async (db) => {
    if ((await findAdminByName(db, name)) !== undefined) return null;
    return inviteAdmin(db, { vault: store.vault, now: Date.now() }, byCommand(), { name, role });
  });
  if (token === null) throw new CommandError(`there is an account named ${name}`, EXIT.negative);
  return token;
}

function list(options: { json?: true }): Promise<void> {
  return readStore(async (store) => {
    const rows = await Promise.all(
      (await listAdmins(store.read)).map(async (row) => ({ row, by: await waysInto(store.read, row) })),
    );
    if (options.json) {
      printJson(
        rows.map(({ row: { id, name, role, created_at, disabled_at, last_login_at }, by }) => ({
          ...{ id, name, role, by },
          created_at: isoTime(created_at),
          disabled_at: isoTime(disabled_at) || null,
          last_login_at: isoTime(last_login_at) || null,
        })),
      );
      return;
    }
    printTable(
      ["NAME", "ROLE", "BY", "CREATED", "LAST LOG-IN", "DISABLED"],
      rows.map(({ row, by }) => [
        row.name,
        row.role,
        by.join(" "),
        isoTime(row.created_at),
        isoTime(row.last_login_at),
        isoTime(row.disabled_at),
      ]),
    );
  });
}

function reset(name: string, options: { json?: true }): Promise<void> {
  return writeStore(async (store, config) => {
    const admin = await existingAdmin(store, name);
    const token = await store.write((db) =>
      resetAdmin(db, { vault: store.vault, now: Date.now() }, byCommand(), admin),
    );
    printLink(config, token, options);
  });
}

function change(name: string, disabled: boolean): Promise<void> {
  return writeStore(async (store) => {
    const { id } = await existingAdmin(store, name);
    const refused = await store.write((db) =>
      changeAdmin(db, store.vault, byCommand(), id, { disabled }, Date.now()),
    );
    if (refused !== null) {
      throw new CommandError(
        "nobody would be left who manages accounts: make another one first",
        EXIT.negative,
      );
    }
    say(`${disabled ? "disabled" : "enabled"} ${name}`);
  });
}

async function existingAdmin(store: Store, name: string): Promise<AdminRow> {
  const admin = await findAdminByName(store.read, name);
  if (admin === undefined) throw new CommandError(`no account is named ${name}`, EXIT.negative);
  return admin;
}

function printLink(config: Config, token: string, { json }: { json?: true }): void {
  // A port that was chosen when the service started is known to it alone.
  const origin = new URL(config.consoleUrl ?? `https://localhost:${String(config.consolePort)}`);
  const url = linkUrl(origin, token);
  if (json) printJson({ url, expires_at: isoTime(Date.now() + LINK_MS) });
  else {
    say("a link, good once and for an hour; give it to nobody else:");
    printData(url);
  }
}

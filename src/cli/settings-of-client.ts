import type { Command } from "commander";
import { withUnset } from "../setting.js";
import { changeSettings, type SettingChanges } from "../acts/change-client-settings.js";
import { listOwnDids } from "../store/client-dids.js";
import {
  CLIENT_SETTINGS,
  type ClientSettingKey,
  type ClientSettings,
  DIDS_SETTING,
  isSettingKey,
  parseSetting,
  settingText,
} from "../clients/client-settings.js";
import type { ClientTable } from "../store/schema.js";
import { readClientSettings, readOwnSettings } from "../store/stored-client-settings.js";
import { canonicalDid } from "../verification/did.js";
import { existingClient } from "./client.js";
import { isoTime, readStore, writeStore } from "./context.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { printJson, printTable, say } from "./output.js";
import { noteCommand } from "./who-runs.js";

const DIDS = "dids";

export function addClientSettingCommands(client: Command): void {
  client
    .command("show")
    .argument("<name>")
    .option("--json", "print JSON")
    .description("the settings of a client")
    .action(show);
  client
    .command("set")
    .argument("<name>")
    .argument("<key=value...>", "key= takes a setting back to its default")
    .option("--json", "print JSON: the settings as they are then")
    .description("change settings of a client; they hold from the next request or call on")
    .action(set);
}

function show(name: string, options: { json?: true }): Promise<void> {
  return readStore(async (store) => {
    const client = await existingClient(store, name);
    const settings = await readClientSettings(store.read, client.id);
    const dids = await listOwnDids(store.read, client.id);
    if (options.json) {
      printJson(asJson(client, settings, dids));
      return;
    }
    const own = await readOwnSettings(store.read, client.id);
    const keys = Object.keys(CLIENT_SETTINGS) as ClientSettingKey[];
    printTable(
      ["SETTING", "VALUE", "", "MEANING"],
      [
        [DIDS, dids.join(","), dids.length > 0 ? "" : "default", withUnset(DIDS_SETTING)],
        ...keys.map((key) => [
          key,
          settingText(settings[key]),
          key in own ? "" : "default",
          withUnset(CLIENT_SETTINGS[key]),
        ]),
      ],
    );
  });
}

function set(name: string, assignments: readonly string[], options: { json?: true }): Promise<void> {
  return writeStore(async (store, config) => {
    const changes = readChanges(assignments, config.dids.map(canonicalDid));
    const client = await existingClient(store, name);
    const conflict = await store.write(async (db) => {
      const taken = await changeSettings(db, client.id, changes);
      if (taken !== null) return taken;
      // Their names alone, as in the console: one of them may be a number or a token.
      const changed = [...Object.keys(changes.settings), ...(changes.dids === undefined ? [] : [DIDS])];
      const details = { settings: changed.sort().join(", ") };
      await noteCommand(db, store, { act: "client.settings_changed", target: client.name, details });
      return null;
    });
    if (conflict !== null) {
      const { did, clientName } = conflict;
      throw new CommandError(
        `${DIDS}: got "${did}", which client ${clientName} has claimed; nothing was changed`,
        EXIT.negative,
      );
    }
    say(`set; it holds from the next request or call on`);
    if (!options.json) return;
    printJson(
      asJson(
        client,
        await readClientSettings(store.read, client.id),
        await listOwnDids(store.read, client.id),
      ),
    );
  });
}

/** @throws {CommandError} naming each wrong key, its value and what was expected. */
function readChanges(assignments: readonly string[], serviceDids: readonly string[]): SettingChanges {
  const settings: Record<string, unknown> = {};
  let dids: readonly string[] | undefined;
  const problems: string[] = [];
  const wrong = (key: string, value: string, expected: string): void => {
    problems.push(`${key}: got ${JSON.stringify(value)}, expected ${expected}`);
  };
  for (const assignment of assignments) {
    const equals = assignment.indexOf("=");
    const key = equals < 0 ? assignment : assignment.slice(0, equals);
    const value = equals < 0 ? "" : assignment.slice(equals + 1);
    if (key === DIDS && equals >= 0) {
      dids = value === "" ? [] : [...new Set(value.split(",").map((did) => canonicalDid(did.trim())))];
      if (dids.some((did) => !serviceDids.includes(did))) {
        wrong(
          key,
          value,
          `numbers of HONNIN_DIDS, comma-separated (${serviceDids.join(",") || "there are none"})`,
        );
      }
    } else if (!isSettingKey(key)) {
      wrong(key, value, `one of the settings ${[DIDS, ...Object.keys(CLIENT_SETTINGS)].join(", ")}`);
    } else if (equals < 0) {
      wrong(key, value, `${key}=value, or ${key}= for the default`);
    } else {
      settings[key] = value === "" ? undefined : parseSetting(key, value);
      if (value !== "" && settings[key] === undefined) wrong(key, value, CLIENT_SETTINGS[key].expected);
    }
  }
  if (problems.length > 0) throw new CommandError(problems.join("\n"), EXIT.usage);
  return { settings, dids };
}

function asJson(
  client: ClientTable,
  settings: ClientSettings,
  dids: readonly string[],
): Readonly<Record<string, unknown>> {
  const { id, name, created_at } = client;
  return { id, name, created_at: isoTime(created_at), settings: { dids, ...settings } };
}

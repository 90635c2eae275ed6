import { SETTINGS, type SettingKey } from "../../src/settings.js";
import {
  CLIENT_SETTINGS,
  type ClientSettingKey,
  DIDS_SETTING,
  readSettings,
} from "../../src/clients/client-settings.js";
import type { Say } from "./languages.js";
import { choices, code, marked, table } from "./table.js";

/** Where a subject begins, in the order of `SETTINGS`: each setting belongs to the last one before it. */
const SUBJECTS: Readonly<Partial<Record<SettingKey, string>>> = {
  dataDir: "Data, API and health",
  consoleHost: "The console",
  sipHost: "SIP and the trunk",
  smsUrl: "SMS",
  answerInbound: "Calls that come in",
  ariUrl: "An Asterisk of your own",
  databaseUrl: "Database and log",
  outboundAllow: "Calls",
  maxWrongPins: "Guessing and fraud",
  maxCallsPerNumberPerHour: "Limits and budgets",
  tariff: "Usage and events",
  retentionNumbersDays: "Retention",
  receiptIssuer: "Receipts",
  drainSeconds: "Stop and SIP timers",
};

/** The value of another setting: it is called the same in every language. */
const SETTING_NAME = /^HONNIN_[A-Z0-9_]+$/;
const RANGE = /^([\d.]+) to ([\d.]+)$/;

/** All settings of the service, a table a subject. */
export function settingsTables(say: Say): string {
  const subjects: { title: string; keys: SettingKey[] }[] = [];
  for (const key of Object.keys(SETTINGS) as SettingKey[]) {
    const title = SUBJECTS[key];
    if (title !== undefined) subjects.push({ title, keys: [] });
    subjects.at(-1)?.keys.push(key);
  }
  return subjects.map(({ title, keys }) => `### ${say(title)}\n\n${settingsTable(keys, say)}`).join("\n\n");
}

function settingsTable(keys: readonly SettingKey[], say: Say): string {
  const rows = keys.map((key) => {
    const { env, meaning, schema, unset, expected } = SETTINGS[key];
    return [
      code(env),
      marked(say(meaning)),
      byDefault(schema.safeParse(undefined).data, unset, say),
      accepted(expected, say),
    ];
  });
  return table([say("name"), say("meaning"), say("default"), say("accepted")], rows);
}

/** What a client may have set for itself. */
export function clientSettingsTable(say: Say): string {
  const usual = readSettings(null);
  const keys = Object.keys(CLIENT_SETTINGS) as ClientSettingKey[];
  const rows = [
    ["dids", DIDS_SETTING, null] as const,
    ...keys.map((key) => [key, CLIENT_SETTINGS[key], usual[key]] as const),
  ].map(([key, { meaning, unset, expected }, value]) => [
    code(key),
    marked(say(meaning)),
    byDefault(value, unset, say),
    accepted(expected, say),
  ]);
  return table([say("key"), say("meaning"), say("default"), say("accepted")], rows);
}

export type Value = string | number | boolean | readonly string[] | null | undefined;

export function byDefault(value: Value, unset: string | undefined, say: Say): string {
  if (unset !== undefined) return SETTING_NAME.test(unset) ? code(unset) : marked(say(unset));
  if (value === undefined || value === null) return say("none");
  if (typeof value !== "object") return code(String(value));
  return value.length === 0 ? say("none") : code(value.join(","));
}

export function accepted(expected: string, say: Say): string {
  const [, from, to] = RANGE.exec(expected) ?? [];
  if (from === undefined || to === undefined) return choices(say(expected));
  return say("FROM to TO").replace("FROM", from).replace("TO", to);
}

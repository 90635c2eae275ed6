import path from "node:path";
import { format, resolveConfig } from "prettier";
import { PROJECT_DIR } from "../../src/project-dir.js";
import { commandsTables } from "./commands-tables.js";
import { doctorTables } from "./doctor-tables.js";
import type { Language, Say } from "./languages.js";
import { problemsTable } from "./problems-table.js";
import { promptsTable } from "./prompts-table.js";
import { clientSettingsTable, settingsTables } from "./settings-tables.js";
import { smsGatewaysTables } from "./sms-gateways-table.js";
import { trunksTables } from "./trunks-table.js";

/** What a page may have made from the code, by the name that its marks say. */
const PARTS: Readonly<Record<string, (say: Say, language: Language) => string | Promise<string>>> = {
  settings: settingsTables,
  "client-settings": clientSettingsTable,
  trunks: trunksTables,
  "sms-gateways": smsGatewaysTables,
  problems: problemsTable,
  commands: commandsTables,
  doctor: doctorTables,
  prompts: promptsTable,
};

export const PART_NAMES = Object.keys(PARTS);

const MARKED = /(<!-- made from the code: (\S+) -->\n)[^]*?(\n<!-- end -->)/g;

/** The parts that a page has. */
export function partsOf(page: string): readonly string[] {
  return [...page.matchAll(MARKED)].map(([, , name = ""]) => name);
}

/** A page with its marked parts as the code is now, formatted. */
export async function brought(file: string, page: string, say: Say, language: Language): Promise<string> {
  const made = new Map<string, string>();
  for (const name of partsOf(page)) {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`${file}: no part is called ${name}`);
    made.set(name, await part(say, language));
  }
  const filled = page.replace(
    MARKED,
    (_whole, begin: string, name: string, end: string) => `${begin}\n${made.get(name) ?? ""}\n${end}`,
  );
  return formatted(file, filled);
}

/** A file of the project as prettier has it. */
export async function formatted(file: string, text: string): Promise<string> {
  const filepath = path.join(PROJECT_DIR, file);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

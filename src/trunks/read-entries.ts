import { readFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { errorCode } from "../error-code.js";
import { snakeCase } from "./snake-case.js";
import type { TrunkField } from "./trunk-field.js";

/** What was read of a list of `honnin.yaml`; entries are there only where there are no problems. */
export interface EntriesRead {
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  readonly problems: readonly string[];
}

export interface EntriesOptions {
  readonly fields: Readonly<Record<string, TrunkField<z.ZodType>>>;
  /** Names the list in problems: `FILE: trunks`. */
  readonly from: string;
  /** What is listed, in the plural, and what an entry cannot do without. */
  readonly what: string;
  readonly wanted: string;
  /** In which the files of secrets are looked for. */
  readonly folder: string;
  /** Keys that have a secret, each with the key that names a file with nothing but it. */
  readonly secretFiles: Readonly<Record<string, string>>;
}

/** @param value of the list as YAML has it, every scalar as text. */
export function readEntries(value: unknown, options: EntriesOptions): EntriesRead {
  const { from, what, wanted } = options;
  if (!Array.isArray(value)) return { entries: [], problems: [`${from}: expected a list of ${what}`] };
  const problems: string[] = [];
  const entries = value.map((entry: unknown, index) => {
    const place = `${from}[${String(index)}]`;
    if (!isMapping(entry)) {
      problems.push(`${place}: expected a mapping with ${wanted}`);
      return undefined;
    }
    return readEntry(entry, place, options, problems);
  });
  return { entries: entries.filter((entry) => entry !== undefined), problems };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readEntry(
  entry: Readonly<Record<string, unknown>>,
  place: string,
  options: EntriesOptions,
  problems: string[],
): Record<string, unknown> | undefined {
  const before = problems.length;
  const byName = new Map(Object.keys(options.fields).map((key) => [snakeCase(key), key]));
  for (const name of Object.keys(entry)) {
    if (!byName.has(name)) problems.push(`${place}: unknown key ${JSON.stringify(name)}`);
  }
  const values: Record<string, unknown> = {};
  for (const [key, { schema, expected, secret }] of Object.entries(options.fields)) {
    const name = snakeCase(key);
    const given = entry[name] === "" ? undefined : entry[name];
    const parsed = schema.safeParse(given);
    if (parsed.success) values[key] = parsed.data;
    else problems.push(`${place}.${name}: got ${secret ? "(a secret)" : shown(given)}, expected ${expected}`);
  }
  if (problems.length === before) readSecrets(values, place, options, problems);
  return problems.length === before ? values : undefined;
}

/** A password that somebody wrote into a URI, where it does not belong, is not to be shown either. */
function shown(given: unknown): string {
  return given === undefined ? "nothing" : JSON.stringify(given).replace(/("(?:\w+:(?:\/\/)?)?).*@/, "$1…@");
}

function readSecrets(
  values: Record<string, unknown>,
  place: string,
  { folder, secretFiles }: EntriesOptions,
  problems: string[],
): void {
  for (const [key, fileKey] of Object.entries(secretFiles)) {
    const file = values[fileKey];
    if (typeof file !== "string") continue;
    const [name, fileName] = [snakeCase(key), snakeCase(fileKey)];
    if (values[key] !== undefined) {
      problems.push(`${place}: got ${name} and ${fileName}, expected one of them`);
      continue;
    }
    try {
      const secret = readFileSync(path.resolve(folder, file), "utf8").replace(/\r?\n$/, "");
      if (secret !== "" && !/\p{Cc}/u.test(secret)) values[key] = secret;
      else problems.push(`${place}.${fileName}: expected a file with one line, the ${name}`);
    } catch (error) {
      // Without the file's text, and without more of its path than was written.
      const code = errorCode(error) ?? "unreadable";
      problems.push(`${place}.${fileName}: cannot read ${file} (${code})`);
    }
  }
}

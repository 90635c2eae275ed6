import { readFileSync } from "node:fs";
import path from "node:path";
import { snakeCase, type Trunk, TRUNK_FIELDS, type TrunkKey } from "./trunk.js";

/** What was read of a list of trunks; trunks are there only where there are no problems. */
export interface TrunksRead {
  readonly trunks: readonly Trunk[];
  readonly problems: readonly string[];
}

const KEYS = Object.keys(TRUNK_FIELDS) as TrunkKey[];
const BY_NAME = new Map(KEYS.map((key) => [snakeCase(key), key]));

/**
 * @param value of `trunks:` as YAML has it, every scalar as text.
 * @param from names the list in problems: `FILE: trunks`.
 * @param folder in which the file of a password is looked for.
 */
export function readTrunks(value: unknown, from: string, folder: string): TrunksRead {
  if (!Array.isArray(value)) return { trunks: [], problems: [`${from}: expected a list of trunks`] };
  const problems: string[] = [];
  const trunks = value.map((entry: unknown, index) => {
    const place = `${from}[${String(index)}]`;
    if (!isMapping(entry)) {
      problems.push(`${place}: expected a mapping with name and uri`);
      return undefined;
    }
    return readEntry(entry, place, folder, problems);
  });
  return { trunks: trunks.filter((trunk) => trunk !== undefined), problems };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readEntry(
  entry: Readonly<Record<string, unknown>>,
  place: string,
  folder: string,
  problems: string[],
): Trunk | undefined {
  const before = problems.length;
  for (const name of Object.keys(entry)) {
    if (!BY_NAME.has(name)) problems.push(`${place}: unknown key ${JSON.stringify(name)}`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, key] of BY_NAME) {
    const { schema, expected, secret } = TRUNK_FIELDS[key];
    const given = entry[name] === "" ? undefined : entry[name];
    const parsed = schema.safeParse(given);
    if (parsed.success) values[key] = parsed.data;
    else problems.push(`${place}.${name}: got ${secret ? "(a secret)" : shown(given)}, expected ${expected}`);
  }
  if (problems.length > before) return undefined;
  const trunk = values as Trunk;
  return trunk.passwordFile === undefined ? trunk : withPasswordOf(trunk, place, folder, problems);
}

/** A password that somebody wrote into a URI, where it does not belong, is not to be shown either. */
function shown(given: unknown): string {
  return given === undefined ? "nothing" : JSON.stringify(given).replace(/("(?:\w+:(?:\/\/)?)?).*@/, "$1…@");
}

function withPasswordOf(trunk: Trunk, place: string, folder: string, problems: string[]): Trunk | undefined {
  if (trunk.password !== undefined) {
    problems.push(`${place}: got password and password_file, expected one of them`);
    return undefined;
  }
  try {
    const password = readFileSync(path.resolve(folder, trunk.passwordFile ?? ""), "utf8").replace(
      /\r?\n$/,
      "",
    );
    if (password !== "" && !/\p{Cc}/u.test(password)) return { ...trunk, password };
    problems.push(`${place}.password_file: expected a file with one line, the password`);
  } catch (error) {
    problems.push(`${place}.password_file: cannot read ${trunk.passwordFile ?? ""} (${systemError(error)})`);
  }
  return undefined;
}

/** Without the file's text, and without more of its path than was written. */
function systemError(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unreadable";
}

import type { EnrollmentRequest } from "../../acts/new-enrollment.js";
import type { ClientSettings } from "../../clients/client-settings.js";
import { enrollmentBody } from "../../http/enrollment-schemas.js";
import { parseOwnLine } from "../../verification/calling-line.js";
import { canonicalDid } from "../../verification/did.js";
import { DAY_MS } from "../../verification/durations.js";
import type { Locale } from "../../verification/prompt-id.js";
import type { CsvColumn, CsvReason } from "../contract/client-enrollments.js";
import type { Column } from "./columns.js";

/** By what a line is judged. */
export interface RowRules {
  readonly settings: ClientSettings;
  /** The DIDs that serve the client, as `canonicalDid` spells them. */
  readonly serving: readonly string[];
  readonly now: number;
}

/** What a line asks for; of its id null where it has none. */
export type AskedRow = Omit<EnrollmentRequest, "clientId" | "id"> & { readonly id: string | null };

/** What a spreadsheet would work out, and people who look at it would take for a value. */
const FORMULA = /^[=@\t]/;
const METADATA_FORMULA = /^[=@\t]|^[+-]./;

/** @returns what a line asks for, or everything that is wrong with it. */
export function readRow(
  cells: readonly string[],
  columns: readonly Column[],
  rules: RowRules,
): AskedRow | readonly CsvReason[] {
  if (cells.length !== columns.length) return ["columns_differ"];
  const fields: Partial<Record<CsvColumn, string>> = {};
  const values: [name: string, value: string][] = [];
  for (const [nth, column] of columns.entries()) {
    const cell = cells[nth] ?? "";
    if ((column.kind === "field" ? FORMULA : METADATA_FORMULA).test(cell)) return ["formula"];
    if (cell === "") continue;
    if (column.kind === "field") fields[column.name] = cell;
    else values.push([column.name, cell]);
  }
  const metadata = Object.fromEntries(values);
  const reasons: CsvReason[] = [];
  const wrong = (reason: CsvReason): null => {
    reasons.push(reason);
    return null;
  };
  const { shape } = enrollmentBody;
  const number = readNumber(fields.phone_number ?? "", wrong);
  if (!shape.id.safeParse(fields.id).success) wrong("id_invalid");
  if (!shape.pin.safeParse(fields.pin).success) wrong("pin_invalid");
  if (!shape.metadata.safeParse(metadata).success) wrong("metadata_invalid");
  const dids = readDids(fields.dids, rules.serving);
  if (dids === undefined) wrong("dids_unknown");
  const locale = readLocale(fields.locale, rules.settings.locale) ?? wrong("locale_unknown");
  const expiresAt = readExpiry(fields.expires_at);
  if (expiresAt === undefined) wrong("expiry_invalid");
  else if (expiresAt !== null && expiresAt <= rules.now) wrong("expiry_past");
  const { directions, methods } = rules.settings;
  const method = fields.pin === undefined ? "caller_id" : "keypad";
  if (!directions.includes("inbound") || !methods.includes(method)) wrong("not_permitted");
  if (reasons.length > 0 || number === null || locale === null) return reasons;
  return {
    ...{ number, locale, metadata },
    id: fields.id ?? null,
    dids: dids ?? null,
    pin: fields.pin ?? null,
    expiresAt: expiresAt ?? null,
  };
}

function readNumber(text: string, wrong: (reason: CsvReason) => null): AskedRow["number"] | null {
  if (text === "") return wrong("number_missing");
  const parsed = parseOwnLine(text);
  if (parsed.ok) return parsed.number;
  return wrong(parsed.problem === "special" ? "number_special" : "number_invalid");
}

/** @returns null where there are none, undefined where one does not serve the client. */
function readDids(
  text: string | undefined,
  serving: readonly string[],
): readonly string[] | null | undefined {
  if (text === undefined) return null;
  const dids = text
    .split(/[,;、\s]+/)
    .filter((did) => did !== "")
    .map(canonicalDid);
  if (dids.length === 0 || dids.some((did) => !serving.includes(did))) return undefined;
  return [...new Set(dids)].sort();
}

function readLocale(text: string | undefined, byDefault: Locale): Locale | undefined {
  return enrollmentBody.shape.locale.safeParse(text ?? byDefault).data;
}

const DAY = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const JAPAN_MS = 9 * 3_600_000;

/** RFC 3339; or a day as spreadsheets write it: to its end in Japan. @returns undefined when it is neither. */
function readExpiry(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year === undefined) {
    return enrollmentBody.shape.expires_at.safeParse(text).success ? Date.parse(text) : undefined;
  }
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // Of 31 February JavaScript makes a day in March.
  const isDay = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
  return isDay ? at.getTime() + DAY_MS - JAPAN_MS : undefined;
}

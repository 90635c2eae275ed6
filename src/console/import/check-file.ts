import { setImmediate as turn } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import { type ImportedRow, limitReached, standingsOf } from "../../acts/import-enrollments.js";
import { requestedEnrollment } from "../../acts/new-enrollment.js";
import type { CallLimits } from "../../clients/call-limits.js";
import type { Store } from "../../store/store.js";
import type { CsvProblem } from "../contract/client-enrollments.js";
import { type Column, readColumns } from "./columns.js";
import { decodeText } from "./decode-text.js";
import { CsvFault, readLines } from "./read-lines.js";
import { type AskedRow, readRow, type RowRules } from "./read-row.js";

const MOST_LINES = 20_000;
/** Told of; who has so many mends the first and asks again. */
const MOST_PROBLEMS = 100;
/** Judged in one go, between two turns of the event loop; each costs some 50 µs. */
const AT_ONCE = 100;

export interface CheckedRow extends ImportedRow {
  readonly line: number;
}

/** A file that was looked at whole. Of PINs it has the hashes alone. */
export interface Checked {
  /** Empty where there are problems. */
  readonly rows: readonly CheckedRow[];
  readonly withPin: number;
  /** The first of them. */
  readonly problems: readonly CsvProblem[];
  readonly problemCount: number;
}

interface Checking extends RowRules {
  readonly store: Store;
  readonly clientId: string;
  /** As they are for this client. */
  readonly limits: CallLimits;
  /** Hears how many lines have been read, now and then. */
  readonly onLine: (lines: number) => void;
}

/** Looks at a whole file of enrollments, and stores nothing. */
export async function checkFile(bytes: Buffer, checking: Checking): Promise<Checked> {
  const problems: CsvProblem[] = [];
  let rows: CheckedRow[] = [];
  try {
    const asked = await readAsked(bytes, checking, problems);
    if (problems.length === 0) {
      rows = await asStored(asked, checking);
      problems.push(...(await held(rows, checking)));
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    problems.push({ line: error.line, reason: error.reason });
  }
  return {
    rows: problems.length > 0 ? [] : rows,
    withPin: rows.filter(({ row }) => row.pin_hash !== null).length,
    problems: problems.slice(0, MOST_PROBLEMS),
    problemCount: problems.length,
  };
}

/** What a line asks for, and where it stands. */
interface AskedLine {
  readonly line: number;
  readonly asked: AskedRow;
}

/** @throws {CsvFault} where the file cannot be read on. */
async function readAsked(bytes: Buffer, checking: Checking, problems: CsvProblem[]): Promise<AskedLine[]> {
  if (checking.serving.length === 0) throw new CsvFault("no_did", null);
  const text = decodeText(bytes);
  if (text === null) throw new CsvFault("encoding", null);
  let columns: readonly Column[] | undefined;
  const rows: AskedLine[] = [];
  const numbers = new Set<string>();
  const ids = new Set<string>();
  let lines = 0;
  for await (const { line, cells } of readLines(text)) {
    if (columns === undefined) {
      columns = readColumns(cells);
      continue;
    }
    lines += 1;
    if (lines > MOST_LINES) throw new CsvFault("too_many_lines", line);
    if (lines % AT_ONCE === 0) {
      checking.onLine(lines);
      await turn();
    }
    const asked = readRow(cells, columns, checking);
    if (!("number" in asked)) {
      problems.push(...asked.map((reason) => ({ line, reason })));
      continue;
    }
    const { id, number } = asked;
    if (numbers.has(number.e164)) problems.push({ line, reason: "number_twice" });
    if (id !== null && ids.has(id)) problems.push({ line, reason: "id_twice" });
    numbers.add(number.e164);
    if (id !== null) ids.add(id);
    rows.push({ line, asked });
  }
  if (columns === undefined || lines === 0) throw new CsvFault("empty", null);
  return rows;
}

/** As they are stored; that costs most, so it is done of files alone that are right in themselves. */
async function asStored(lines: readonly AskedLine[], checking: Checking): Promise<CheckedRow[]> {
  const { store, clientId, now } = checking;
  const rows: CheckedRow[] = [];
  for (const { line, asked } of lines) {
    if (rows.length % AT_ONCE === 0) await turn();
    const id = asked.id ?? `enr_${uuidv7()}`;
    const row = requestedEnrollment(store.vault, { ...asked, clientId, id }, now);
    rows.push({ line, row, hasOwnId: asked.id !== null });
  }
  return rows;
}

/** What stands against rows that are right in themselves: what the client has enrolled, and its limits. */
async function held(rows: readonly CheckedRow[], checking: Checking): Promise<CsvProblem[]> {
  const { store, clientId, limits, now } = checking;
  const problems: CsvProblem[] = [];
  let fresh = 0;
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    await turn();
    const some = rows.slice(at, at + AT_ONCE);
    const standings = await standingsOf(store.read, clientId, some);
    fresh += standings.filter((standing) => standing === "new").length;
    for (const [nth, { line }] of some.entries()) {
      if (standings[nth] === "taken") problems.push({ line, reason: "id_taken" });
    }
  }
  const reached = await limitReached(store.read, clientId, fresh, limits, now);
  if (reached !== null) problems.push({ line: null, reason: reached });
  return problems;
}

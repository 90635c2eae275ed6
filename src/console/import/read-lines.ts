import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { CsvError, parse } from "csv-parse";
import type { CsvReason } from "../contract/client-enrollments.js";

/** What is no CSV, and from which line on. */
export class CsvFault extends Error {
  readonly reason: CsvReason;
  readonly line: number | null;

  constructor(reason: CsvReason, line: number | null) {
    super(`the file is no CSV: ${reason}`);
    this.name = "CsvFault";
    this.reason = reason;
    this.line = line;
  }
}

export interface CsvLine {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Far above any line that is meant: a quote that never ends takes the rest of the file for one. */
const LONGEST_LINE = 16_384;
/** Read at a time; calls go on between two of them. */
const PIECE = 16_384;

/**
 * The lines of a text, one after another (RFC 4180). Empty ones are left out, those too that a spreadsheet writes as
 * commas alone.
 *
 * @throws {CsvFault}
 */
export async function* readLines(text: string): AsyncGenerator<CsvLine> {
  // What was understood so far: of a fault the parser says where it was found, and not where its line begins.
  let understood = 0;
  const parser = parse({
    info: true,
    on_record: (record: string[], { lines }) => {
      understood = lines;
      return record;
    },
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: LONGEST_LINE,
  });
  const source = Readable.from(pieces(text));
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      const within = record.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
      if (record.every((cell) => cell === "")) continue;
      yield { line: info.lines - within, cells: record };
    }
  } catch (error) {
    if (error instanceof CsvError) throw faultOf(error, understood + 1);
    throw error;
  } finally {
    source.destroy();
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += PIECE) {
    await turn();
    yield text.slice(at, at + PIECE);
  }
}

/** @param next the line after the last that was understood. */
function faultOf({ code }: CsvError, next: number): CsvFault {
  if (code === "CSV_QUOTE_NOT_CLOSED") return new CsvFault("quote_open", next);
  return new CsvFault(code === "CSV_MAX_RECORD_SIZE" ? "line_too_long" : "quote_wrong", next);
}

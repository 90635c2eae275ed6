import { stringify } from "csv-stringify";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { noteAudit } from "../../acts/note-audit.js";
import { parseBody } from "../../http/parse-body.js";
import { wrongField } from "../../http/problem.js";
import { errorText } from "../../log.js";
import { listClients } from "../../store/clients.js";
import { type Search, searchVerifications } from "../../store/search-verifications.js";
import type { ConsoleParts } from "../console-parts.js";
import { exportSchema, type SearchFields } from "../contract/verifications.js";
import { Refusal } from "../refusal.js";
import { readSearch } from "../search.js";
import { type SignedInRoute, whoIs } from "../signed-in.js";
import { inShort } from "../told-verification.js";
import { VerificationCsv } from "../verification-csv.js";

/** Read at a time: calls wait meanwhile. */
const BATCH = 200;
/** Each holds a connection and a batch. */
const MOST_AT_ONCE = 3;

/** `POST /api/verifications/export`: all that is found, as CSV, while it is read. */
export function exportRoute({ store, clock, log }: ConsoleParts): SignedInRoute {
  let underWay = 0;
  return async (request, response, session) => {
    const { language, time_zone: zone, ...fields } = parseBody(exportSchema, request);
    const search = readSearch(store, fields);
    const csv = csvIn(language, zone);
    if (underWay >= MOST_AT_ONCE) throw new Refusal("busy", "others are exporting");
    underWay += 1;
    try {
      await store.write((db) => {
        const line = {
          act: "verifications.exported",
          target: "csv",
          details: withoutNumber(fields),
        } as const;
        return noteAudit(db, store.vault, whoIs(session, request), clock(), line);
      });
      response.setHeader("Content-Type", "text/csv; charset=utf-8");
      response.setHeader("Content-Disposition", 'attachment; filename="verifications.csv"');
      await pipeline(
        Readable.from(rows(search, csv)),
        // With a byte order mark Excel takes it for UTF-8; what looks like a formula gets an apostrophe before it.
        stringify({ bom: true, escape_formulas: true, record_delimiter: "windows" }),
        response,
      );
    } catch (error) {
      // Begun, and not whole: the connection is cut, so that nobody takes it for all there is.
      if (!response.headersSent) throw error;
      if (!response.closed) log.warn("an export was broken off", { error: errorText(error) });
      response.destroy();
    } finally {
      underWay -= 1;
    }
  };

  async function* rows(search: Search, csv: VerificationCsv): AsyncGenerator<readonly string[]> {
    const clients = await listClients(store.read);
    const names = new Map(clients.map(({ id, name }) => [id, name]));
    const ids = clients.map(({ id }) => id);
    yield csv.head;
    let before: number | undefined;
    for (;;) {
      const batch = await searchVerifications(store.read, search, ids, before, BATCH);
      for (const row of batch) yield csv.row(inShort(row, names, store.vault));
      if (batch.length < BATCH) return;
      before = batch.at(-1)?.seq;
      await setImmediate();
    }
  }
}

function csvIn(language: "ja" | "en", zone: string): VerificationCsv {
  try {
    return new VerificationCsv(language, zone);
  } catch {
    throw wrongField("time_zone", "a name such as Asia/Tokyo");
  }
}

/** What was asked for, as the audit trail keeps it. */
function withoutNumber({ number, from, to, ...fields }: SearchFields): Record<string, string> {
  const times = { from, to };
  const given = [
    ...Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === "string"),
    ...Object.entries(times).flatMap(([name, at]) =>
      at === undefined ? [] : [[name, new Date(at).toISOString()] as const],
    ),
    ...(number === undefined || number === "" ? [] : [["number", "given"] as const]),
  ];
  return Object.fromEntries(given);
}

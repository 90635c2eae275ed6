import { randomBytes, randomInt } from "node:crypto";
import { closeSync, fsyncSync, openSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import BetterSqlite from "better-sqlite3";
import { v7 as uuidv7 } from "uuid";
import { evidenceContext } from "../../../src/store/sealed-columns.js";
import { openVault } from "../../../src/vault/open-vault.js";
import type { Vault } from "../../../src/vault/vault.js";
import type { E164 } from "../../../src/verification/phone-number.js";
import { compileText, type Known, type TextPattern } from "./text-pattern.js";

/** Ids as the service makes them. */
const newId = (): string => uuidv7();

const DAY_MS = 86_400_000;
/** Within the 30 days for which events are kept. */
const OLDEST_MS = 29 * DAY_MS;
const YOUNGEST_MS = DAY_MS / 24;
const A_TRANSACTION = 20_000;
/** What an ended call leaves rows in, and what was there before it. */
const MULTIPLIED = ["verifications", "attempts", "events"] as const;

type Row = Readonly<Record<string, unknown>>;

/** One ended verification with all its rows. */
interface Pattern {
  readonly known: Known;
  readonly verification: Row;
  readonly attempts: readonly { readonly row: Row; readonly evidence: TextPattern | null }[];
  readonly events: readonly { readonly row: Row; readonly data: TextPattern }[];
}

/**
 * Leaves a database, of which no service runs, with so many ended verifications in place of those in it:
 * each with its calls and its events as a real one, of which it has the shape, spread evenly over the past
 * 29 days, of a number and with ids of its own, enciphered, indexed and sealed for it.
 *
 * @returns how long that took and how large the database is.
 * @throws when a call leaves rows in a table that this does not know.
 */
export async function multiplyStoredCalls(
  dataDir: string,
  count: number,
): Promise<{ seconds: number; mib: number }> {
  const begun = performance.now();
  const vault = openVault(dataDir, true);
  const file = path.join(dataDir, "honnin.db");
  const db = new BetterSqlite(file);
  try {
    // Nobody needs this database after a crash, and a gigabyte of cache holds the indexes of random numbers.
    for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"])
      db.pragma(pragma);
    const patterns = readPatterns(db, vault);
    // The first of them would be younger than those that come after it.
    for (const table of MULTIPLIED.toReversed()) db.exec(`delete from ${table}`);
    await fill(db, vault, patterns, count);
    const broken = db.pragma("foreign_key_check") as unknown[];
    if (broken.length > 0) throw new Error(`${broken.length} rows of the fill refer to nothing`);
    db.pragma("journal_mode = WAL");
    const bytes =
      Number(db.pragma("page_count", { simple: true })) * Number(db.pragma("page_size", { simple: true }));
    return { seconds: (performance.now() - begun) / 1000, mib: bytes / 2 ** 20 };
  } finally {
    db.close();
    // What is measured later must not pay for the writing of it.
    const handle = openSync(file, "r");
    fsyncSync(handle);
    closeSync(handle);
  }
}

function readPatterns(db: BetterSqlite.Database, vault: Vault): Pattern[] {
  const all = (sql: string, ...values: unknown[]): Row[] => db.prepare(sql).all(...values) as Row[];
  const [{ calls } = { calls: 0 }] = all("select count(*) as calls from attempts") as { calls: number }[];
  const tables = all("select name from sqlite_master where type = 'table' and name not glob '*sqlite_*'");
  for (const { name } of tables as { name: string }[]) {
    // What is of the service, or counted over calls, has few rows however many calls there were.
    const isMultiplied = (MULTIPLIED as readonly string[]).includes(name) || name.startsWith("kysely_");
    if (isMultiplied || all(`select 1 from ${name} limit ?`, calls).length < calls) continue;
    throw new Error(`calls leave rows in ${name}, which the fill knows nothing of`);
  }
  const patterns = all("select * from verifications where status = 'verified'").map(
    (verification): Pattern => {
      const seq = verification["seq"];
      const attempts = all("select * from attempts where verification_seq = ?", seq);
      const number = vault.decipherNumber(verification["number_cipher"] as Buffer);
      const known: Known = {
        ids: [verification["id"] as string, ...attempts.map((attempt) => attempt["id"] as string)],
        digits: number.slice("+81".length),
      };
      const open = (sealed: unknown, context: string): TextPattern =>
        compileText(vault.unseal(sealed as Buffer, context).toString("utf8"), known);
      return {
        known,
        verification,
        attempts: attempts.map((row) => {
          const { caller_evidence: evidence } = row;
          return {
            row,
            evidence: evidence === null ? null : open(evidence, evidenceContext(row["id"] as string)),
          };
        }),
        events: all("select * from events where verification_seq = ? order by seq", seq).map((row) => ({
          row,
          data: open(row["payload"], row["id"] as string),
        })),
      };
    },
  );
  if (patterns.length === 0) throw new Error("no ended verification to make more of");
  return patterns;
}

async function fill(
  db: BetterSqlite.Database,
  vault: Vault,
  patterns: readonly Pattern[],
  count: number,
): Promise<void> {
  const insertVerification = inserter(db, "verifications", ["seq"]);
  const insertAttempt = inserter(db, "attempts", []);
  const insertEvent = inserter(db, "events", ["seq"]);
  const oldest = Date.now() - OLDEST_MS;
  const step = (OLDEST_MS - YOUNGEST_MS) / count;
  const store = (index: number): void => {
    const pattern = patterns[index % patterns.length];
    if (pattern === undefined) return;
    const { known, verification, attempts, events } = pattern;
    const later = Math.round(oldest + index * step) - Number(verification["created_at"]);
    const digits = `80${String(randomInt(100_000_000)).padStart(8, "0")}`;
    const number = `+81${digits}` as E164;
    const ids = known.ids.map((id) => id.replace(/[0-9a-f]{8}-[0-9a-f-]{27}$/, () => newId()));
    const fresh: Known = { ids, digits };
    const seal = (text: TextPattern, context: string): Buffer =>
      vault.seal(Buffer.from(text(fresh, later), "utf8"), context);
    const seq = insertVerification(verification, later, {
      id: ids[0],
      request_hash: randomBytes(32),
      number_cipher: vault.encipherNumber(number),
      number_index: vault.indexNumber(number),
    });
    for (const [place, { row, evidence }] of attempts.entries()) {
      const id = ids[place + 1] ?? "";
      insertAttempt(row, later, {
        id,
        verification_seq: seq,
        caller_evidence: evidence === null ? null : seal(evidence, evidenceContext(id)),
      });
    }
    for (const { row, data } of events) {
      const id = `evt_${newId()}`;
      insertEvent(row, later, { id, verification_seq: seq, payload: seal(data, id) });
    }
  };
  const storeAll = db.transaction((from: number, to: number) => {
    for (let index = from; index < to; index += 1) store(index);
  });
  for (let from = 0; from < count; from += A_TRANSACTION) {
    storeAll(from, Math.min(count, from + A_TRANSACTION));
    // Whoever breaks the bench off is heard here.
    await setImmediate();
  }
}

/** Inserts the same row so much later and with values of its own; returns the number that SQLite gives it. */
type Insert = (row: Row, laterMs: number, own: Row) => number | bigint;

/** Takes whatever columns the table has, but for those that SQLite sets. */
function inserter(db: BetterSqlite.Database, table: string, without: readonly string[]): Insert {
  const columns = (db.pragma(`table_info(${table})`) as { name: string }[])
    .map(({ name }) => ({ name, isTime: name.endsWith("_at") }))
    .filter(({ name }) => !without.includes(name));
  const names = columns.map(({ name }) => name).join(", ");
  const statement = db.prepare(
    `insert into ${table} (${names}) values (${columns.map(() => "?").join(", ")})`,
  );
  return (row, laterMs, own) => {
    const values = columns.map(({ name, isTime }) => {
      const value = name in own ? own[name] : row[name];
      return isTime && typeof value === "number" ? value + laterMs : value;
    });
    return statement.run(values).lastInsertRowid;
  };
}

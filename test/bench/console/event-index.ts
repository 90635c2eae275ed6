import path from "node:path";
import { randomBytes } from "node:crypto";
import BetterSqlite from "better-sqlite3";
import { v7 as uuidv7 } from "uuid";
import { Store } from "../../../src/store/store.js";
import { tempDir } from "../../support/temp-dir.js";
import { mean, tenth } from "../figures.js";
import type { Table } from "../bench.js";

const EVENTS = 200_000;
/** Of one verification. */
const EACH = 6;
/** Of one group commit on a busy service. */
const A_TRANSACTION = 60;
const ROUNDS = 2;

/** What the index `events_of_verification` adds to each event that is registered: CPU, and bytes in the file. */
export async function measureEventIndex(): Promise<Table> {
  const found: Record<"without" | "with", { us: number[]; bytes: number[] }> = {
    without: { us: [], bytes: [] },
    with: { us: [], bytes: [] },
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const how of ["without", "with"] as const) {
      const { us, bytes } = await insertEvents(how === "with");
      found[how].us.push(us);
      found[how].bytes.push(bytes);
    }
  }
  const row = (how: "without" | "with"): (string | number)[] => [
    `${how} the index`,
    tenth(mean(found[how].us)),
    Math.round(mean(found[how].bytes)),
  ];
  return {
    title: "What `events_of_verification` costs an event that is registered",
    columns: [
      `${EVENTS.toLocaleString("en")} events, ${A_TRANSACTION} a transaction`,
      "µs of CPU",
      "bytes in the file",
    ],
    rows: [row("without"), row("with")],
  };
}

async function insertEvents(withIndex: boolean): Promise<{ us: number; bytes: number }> {
  const dir = await tempDir();
  try {
    const store = await Store.open(dir.path);
    await store.close();
    const db = new BetterSqlite(path.join(dir.path, "honnin.db"));
    db.pragma("foreign_keys = OFF");
    db.pragma("synchronous = OFF");
    if (!withIndex) db.exec("drop index events_of_verification");
    const insert = db.prepare(
      `insert into events (id, client_id, type, verification_seq, created_at, payload)
       values (?, 'cli_0', 'call.ringing', ?, ?, ?)`,
    );
    const payload = randomBytes(700);
    const before = process.cpuUsage();
    for (let nth = 0; nth < EVENTS; nth += A_TRANSACTION) {
      db.transaction(() => {
        for (let at = nth; at < Math.min(EVENTS, nth + A_TRANSACTION); at += 1)
          insert.run(`evt_${uuidv7()}`, Math.floor(at / EACH), at, payload);
      })();
    }
    const { user, system } = process.cpuUsage(before);
    db.pragma("wal_checkpoint(TRUNCATE)");
    const pages = Number(db.pragma("page_count", { simple: true }));
    const size = Number(db.pragma("page_size", { simple: true }));
    db.close();
    return { us: (user + system) / EVENTS, bytes: (pages * size) / EVENTS };
  } finally {
    await dir.remove();
  }
}

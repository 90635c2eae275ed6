import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import type { Store } from "../../../src/store/store.js";
import { insertClient } from "../../../src/store/clients.js";
import { DAY_MS } from "../../../src/verification/durations.js";
import type { E164 } from "../../../src/verification/phone-number.js";
import type { FailureReason, VerificationStatus } from "../../../src/verification/status.js";
import { verificationRow } from "../../support/verification-rows.js";

export const CLIENT_IDS = ["cli_0", "cli_1", "cli_2", "cli_3", "cli_4"];
const SPAN_DAYS = 92;
const A_TRANSACTION = 10_000;

/** How verifications end, of a hundred: as on an ordinary day. */
const ENDS: readonly (readonly [
  of100: number,
  status: VerificationStatus,
  reason: FailureReason | null,
  entries: number,
])[] = [
  [78, "verified", null, 1],
  [4, "verified", null, 2],
  [6, "failed", "no_answer", 0],
  [4, "failed", "wrong_code", 3],
  [3, "failed", "hung_up", 0],
  [2, "failed", "busy", 0],
  [2, "expired", null, 0],
  [1, "canceled", null, 0],
];

/** The number that the verification of this place has; some forty have the same. */
export function numberOf(nth: number, count: number): E164 {
  return `+8190${10_000_000 + ((nth * 7919) % Math.max(1, Math.floor(count / 40)))}` as E164;
}

export function idOf(nth: number): string {
  return createHash("sha256").update(String(nth)).digest("base64url").slice(0, 22);
}

/**
 * Stores so many ended verifications of five clients, each with its call, spread over the past 92 days. Into the file of
 * a store that is open: nobody needs it after a crash.
 */
export async function fillStore(store: Store, dataDir: string, count: number, now: number): Promise<void> {
  await store.write(async (db) => {
    for (const [nth, id] of CLIENT_IDS.entries())
      await insertClient(db, { id, name: `client ${nth}`, created_at: 1 });
  });
  const file = new BetterSqlite(path.join(dataDir, "honnin.db"));
  try {
    for (const pragma of ["synchronous = OFF", "cache_size = -500000", "wal_autocheckpoint = 20000"])
      file.pragma(pragma);
    const pattern = { ...verificationRow(store, "", "", 0), reason: null, completed_at: 0 };
    const columns = Object.keys(pattern);
    const insert = file.prepare(
      `insert into verifications (${columns.join(", ")}) values (${columns.map((name) => `@${name}`).join(", ")})`,
    );
    const call = file.prepare(
      `insert into attempts (id, verification_seq, direction, started_at, ringing_at, answered_at, ended_at, outcome,
         sip_status, q850_cause) values (?, ?, 'outbound', ?, ?, ?, ?, ?, ?, 16)`,
    );
    const from = now - SPAN_DAYS * DAY_MS;
    const one = (nth: number): void => {
      const [status, reason, entries] = endOf(nth);
      const created_at = Math.round(from + (nth / count) * (SPAN_DAYS * DAY_MS - 60_000));
      const length = 12_000 + ((nth * 31) % 40_000);
      const number = numberOf(nth, count);
      const { lastInsertRowid } = insert.run({
        ...pattern,
        ...{ client_id: CLIENT_IDS[nth % CLIENT_IDS.length], id: idOf(nth), status, reason, created_at },
        request_hash: randomBytes(32),
        number_cipher: store.vault.encipherNumber(number),
        number_index: store.vault.indexNumber(number),
        ...{ code_hash: null, code_entries: entries, attempts_made: 1, next_attempt_at: null },
        ...{ expires_at: created_at + 300_000, completed_at: created_at + length },
      });
      const answered = reason !== "no_answer" && reason !== "busy";
      call.run(
        ...[idOf(-nth - 1), lastInsertRowid, created_at + 100, created_at + 1_500],
        answered ? created_at + 4_000 + ((nth * 17) % 9_000) : null,
        created_at + length,
        ...(answered ? ["answered", 200] : [reason, 480]),
      );
    };
    for (let nth = 0; nth < count; nth += A_TRANSACTION) {
      file.transaction(() => {
        for (let at = nth; at < Math.min(count, nth + A_TRANSACTION); at += 1) one(at);
      })();
    }
    file.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    file.close();
  }
}

function endOf(nth: number): readonly [VerificationStatus, FailureReason | null, number] {
  let rest = (nth * 61) % 100;
  for (const [of100, status, reason, entries] of ENDS) {
    if (rest < of100) return [status, reason, entries];
    rest -= of100;
  }
  return ["verified", null, 1];
}

import type { Kysely } from "kysely";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { BY_SERVICE } from "../acts/audit-who.js";
import { noteAudit } from "../acts/note-audit.js";
import type { Clock } from "../clock.js";
import { pruneAudit } from "../store/prune-audit.js";
import {
  deleteEnrollmentsBySeq,
  lastEnrollmentSeq,
  listExpiredEnrollments,
} from "../store/prune-enrollments.js";
import {
  BEFORE_ALL_GUARDS,
  deleteStaleGuard,
  type GuardKey,
  listGuardsAfter,
} from "../store/prune-number-guards.js";
import { pruneVerifications } from "../store/prune-verifications.js";
import { pseudonymizeVerifications } from "../store/pseudonymize.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";

const DAY_MS = 86_400_000;
/** The longest for which a number may be locked or blocked, see `HONNIN_FRAUD_BLOCK_HOURS`. */
const LONGEST_LOCK_MS = 366 * DAY_MS;
/** Rows looked at in one turn of the loop, where none is changed. */
const STRETCH = 1_000;
/** Lines of the audit trail a transaction. */
const LINES = 1_000;
/** To mask a number takes four times as long as to delete a row: so many fewer of them a transaction. */
const MASKING = 4;
/** For each millisecond that a batch took, so many are left to others: 100,000 rows of a backlog take minutes. */
const REST = 2;

/** How long things are kept, milliseconds; undefined: for ever. */
export interface RetentionTimes {
  /** Of ended verifications what names a person, and expired enrollments. */
  readonly numbersMs?: number | undefined;
  /** Ended verifications, and what is held against numbers. */
  readonly recordsMs?: number | undefined;
  readonly auditMs?: number | undefined;
}

export interface RetentionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly times: RetentionTimes;
  /** Rows a transaction. */
  readonly batch: number;
  readonly stopped: () => boolean;
}

/** How many rows it was. */
export interface Kept {
  readonly pseudonymized: number;
  readonly verifications: number;
  readonly enrollments: number;
  readonly numberGuards: number;
  readonly auditLines: number;
}

/** Forgets what is past its time, in steps of some milliseconds; ends early when it is stopped. */
export async function keepRetention(parts: RetentionParts): Promise<Kept> {
  const { clock, times } = parts;
  const since = (ms: number): number => clock() - ms;
  const { numbersMs, recordsMs, auditMs } = times;
  return {
    pseudonymized: numbersMs === undefined ? 0 : await pseudonymize(parts, since(numbersMs)),
    // Those that are still open among the oldest make a batch smaller; the next round, in ten minutes, goes on.
    verifications:
      recordsMs === undefined
        ? 0
        : await inBatches(parts, (db, batch) => pruneVerifications(db, since(recordsMs), batch)),
    enrollments: numbersMs === undefined ? 0 : await pruneEnrollments(parts, since(numbersMs)),
    numberGuards:
      recordsMs === undefined ? 0 : await pruneGuards(parts, since(Math.max(recordsMs, LONGEST_LOCK_MS))),
    auditLines: auditMs === undefined ? 0 : await pruneTrail(parts, since(auditMs)),
  };
}

function pseudonymize(parts: RetentionParts, before: number): Promise<number> {
  const { vault } = parts.store;
  const batch = Math.ceil(parts.batch / MASKING);
  return inBatches({ ...parts, batch }, (db, rows) => pseudonymizeVerifications(db, vault, before, rows));
}

/** Until a batch is not full. */
export async function inBatches(
  { store, batch, stopped }: Pick<RetentionParts, "store" | "batch" | "stopped">,
  prune: (db: Kysely<Schema>, batch: number) => Promise<number>,
): Promise<number> {
  let all = 0;
  while (!stopped()) {
    const began = performance.now();
    const pruned = await store.write((db) => prune(db, batch));
    all += pruned;
    if (pruned < batch) break;
    await delay((performance.now() - began) * REST);
  }
  return all;
}

async function pruneEnrollments({ store, stopped }: RetentionParts, before: number): Promise<number> {
  const last = await lastEnrollmentSeq(store.read);
  let all = 0;
  for (let after = 0; after < last && !stopped(); after += STRETCH) {
    const expired = await listExpiredEnrollments(store.read, { after, upTo: after + STRETCH }, before);
    const seqs = expired.map(({ seq }) => seq);
    if (seqs.length > 0) all += await store.write((db) => deleteEnrollmentsBySeq(db, seqs));
    await nextTurn();
  }
  return all;
}

async function pruneGuards({ store, stopped }: RetentionParts, before: number): Promise<number> {
  let all = 0;
  for (let after: GuardKey | undefined = BEFORE_ALL_GUARDS; after !== undefined && !stopped();) {
    const guards: Awaited<ReturnType<typeof listGuardsAfter>> = await listGuardsAfter(
      store.read,
      after,
      before,
      STRETCH,
    );
    const stale = guards.filter((guard) => guard.stale);
    if (stale.length > 0) {
      await store.write(async (db) => {
        for (const guard of stale) await deleteStaleGuard(db, guard, before);
      });
    }
    all += stale.length;
    after = guards.length < STRETCH ? undefined : guards.at(-1);
    await nextTurn();
  }
  return all;
}

/** A day's lines at once: each deletion is a line of its own. */
async function pruneTrail({ store, clock, stopped }: RetentionParts, before: number): Promise<number> {
  const [oldest] = await store.read.selectFrom("audit").select("at").orderBy("seq").limit(1).execute();
  if (oldest === undefined || oldest.at >= before - DAY_MS) return 0;
  let all = 0;
  for (let pruned = LINES; pruned === LINES && !stopped();) {
    pruned = await store.write(async (db) => {
      const gone = await pruneAudit(db, store.vault, before, LINES);
      if (gone.pruned === 0) return 0;
      const details = { lines: String(gone.pruned), up_to: String(gone.upTo) };
      await noteAudit(db, store.vault, BY_SERVICE, clock(), {
        act: "audit.pruned",
        target: "audit",
        details,
      });
      return gone.pruned;
    });
    all += pruned;
    await nextTurn();
  }
  return all;
}

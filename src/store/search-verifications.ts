import {
  type Expression,
  expressionBuilder,
  type Kysely,
  type SelectQueryBuilder,
  sql,
  type SqlBool,
} from "kysely";
import { HOUR_MS, MINUTE_MS } from "../verification/durations.js";
import { type FailureReason, isFinal, type VerificationStatus } from "../verification/status.js";
import type { Schema } from "./schema.js";
import { notByIndex } from "./session.js";
import { ENDED, OPEN, type VerificationRow } from "./verifications.js";

/** What people look for among the verifications of all clients, or of one. */
export interface Search {
  /** Null: of all clients. */
  readonly clientId: string | null;
  readonly id?: string | undefined;
  readonly numberIndex?: Buffer | undefined;
  readonly status?: VerificationStatus | undefined;
  readonly reason?: FailureReason | undefined;
  /** Epoch milliseconds, inclusive. */
  readonly from?: number | undefined;
  /** Epoch milliseconds, exclusive. */
  readonly to?: number | undefined;
}

/**
 * Times rise with `seq`, unless the clock is set back. A walk over those that are too old ends a list, so that there
 * is room for a clock that was set back by an hour; over those that are too young it begins each page, and a minute
 * has to be enough.
 */
const SET_BACK = { old: HOUR_MS, young: MINUTE_MS };

/**
 * A page of what is searched, newest first. Asked of each client and merged: every list of one client goes by an index
 * of its own, and all that were registered would need another of each kind.
 *
 * @param clients ids of all that there are, where none is named.
 * @param beforeSeq only those registered before this one.
 */
export async function searchVerifications(
  db: Kysely<Schema>,
  search: Search,
  clients: readonly string[],
  beforeSeq: number | undefined,
  limit: number,
): Promise<VerificationRow[]> {
  const asked = search.clientId === null ? clients : [search.clientId];
  const found: number[] = [];
  for (const clientId of asked) {
    const rows = await searchOfClient(db, clientId, search, beforeSeq, limit).execute();
    found.push(...rows.map(({ seq }) => seq));
  }
  const newest = found.sort((a, b) => b - a).slice(0, limit);
  if (newest.length === 0) return [];
  return db
    .selectFrom("verifications")
    .selectAll()
    .where("seq", "in", newest)
    .orderBy("seq", "desc")
    .execute();
}

/** Which of one client's, by number of registration: by one index, that has them in this order. */
export function searchOfClient(
  db: Kysely<Schema>,
  clientId: string,
  search: Search,
  beforeSeq: number | undefined,
  limit: number,
): SelectQueryBuilder<Schema, "verifications", { seq: number }> {
  const { from, to, id, numberIndex } = search;
  let query = db.selectFrom("verifications").select("seq").where("client_id", "=", clientId);
  query = query.where(found(db, search));
  if (from !== undefined) query = query.where(notByIndex(db, "created_at"), ">=", from);
  if (to !== undefined) query = query.where(notByIndex(db, "created_at"), "<", to);
  // Those of one number are few, and SQLite would go by the stretch of time instead.
  if (id === undefined && numberIndex === undefined) {
    if (from !== undefined) query = query.where("seq", ">", lastSeqBy(db, clientId, from - SET_BACK.old));
    if (to !== undefined) query = query.where("seq", "<", firstSeqFrom(db, clientId, to + SET_BACK.young));
  }
  if (beforeSeq !== undefined) query = query.where("seq", "<", beforeSeq);
  return query.orderBy("seq", "desc").limit(limit);
}

/** The narrowest condition finds the rows; by what is left they are only looked at. */
function found(db: Kysely<Schema>, search: Search): Expression<SqlBool> {
  const { id, numberIndex, status, reason } = search;
  const eb = expressionBuilder<Schema, "verifications">();
  const beside = (column: string, value: string | Buffer | undefined): Expression<SqlBool>[] =>
    value === undefined ? [] : [eb(notByIndex(db, column), "=", value)];
  if (id !== undefined) {
    const others = [...beside("number_index", numberIndex), ...beside("status", status)];
    return eb.and([eb("id", "=", id), ...others, ...beside("reason", reason)]);
  }
  if (numberIndex !== undefined) {
    return eb.and([
      eb("number_index", "=", numberIndex),
      ...beside("status", status),
      ...beside("reason", reason),
    ]);
  }
  // Only what has failed has a reason.
  if (reason !== undefined) {
    return status === undefined || status === "failed" ? eb("reason", "=", reason) : eb.lit(false);
  }
  if (status === undefined) return eb.lit(true);
  // Word for word the condition of the partial index: SQLite sees only then that it may be used.
  return eb.and([eb("status", "in", isFinal(status) ? ENDED : OPEN), eb("status", "=", status)]);
}

/** The last that a client registered by some time; 0: none. */
function lastSeqBy(db: Kysely<Schema>, clientId: string, by: number): Expression<number> {
  const last = db
    .selectFrom("verifications as early")
    .select("early.seq")
    .where("early.client_id", "=", clientId)
    .where("early.created_at", "<=", by)
    .orderBy("early.created_at", "desc")
    .limit(1);
  return expressionBuilder<Schema, "verifications">().fn.coalesce(last, sql.lit(0));
}

/** The first that a client registered from some time on; above all: none. */
function firstSeqFrom(db: Kysely<Schema>, clientId: string, from: number): Expression<number> {
  const first = db
    .selectFrom("verifications as late")
    .select("late.seq")
    .where("late.client_id", "=", clientId)
    .where("late.created_at", ">=", from)
    .orderBy("late.created_at")
    .limit(1);
  return expressionBuilder<Schema, "verifications">().fn.coalesce(first, sql.lit(Number.MAX_SAFE_INTEGER));
}

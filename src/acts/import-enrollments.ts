import type { Kysely } from "kysely";
import type { CallLimits } from "../clients/call-limits.js";
import { findEnrolled, hasEnrollments, insertEnrollments, type NewEnrollment } from "../store/enrollments.js";
import type { Schema } from "../store/schema.js";
import { countToday, hasRoomToday } from "./daily-quota.js";

/** One of many enrollments. */
export interface ImportedRow {
  readonly row: NewEnrollment;
  /** Whether its id is the client's own; else it is known again by its number. */
  readonly hasOwnId: boolean;
}

/** `already`: it is enrolled; `taken`: its id is used for something else. */
export type Standing = "new" | "already" | "taken";

/** How each of some hundred rows stands to what the client has enrolled. */
export async function standingsOf(
  db: Kysely<Schema>,
  clientId: string,
  rows: readonly ImportedRow[],
): Promise<readonly Standing[]> {
  const known = await findEnrolled(db, clientId, {
    ids: rows.filter(({ hasOwnId }) => hasOwnId).map(({ row }) => row.id),
    numbers: rows.filter(({ hasOwnId }) => !hasOwnId).map(({ row }) => row.number_index),
  });
  const hashes = new Map(known.map(({ id, request_hash }) => [id, request_hash]));
  const numbers = new Set(known.map(({ number_index }) => number_index.toString("hex")));
  return rows.map(({ row, hasOwnId }) => {
    if (!hasOwnId) return numbers.has(row.number_index.toString("hex")) ? "already" : "new";
    const hash = hashes.get(row.id);
    if (hash === undefined) return "new";
    return hash.equals(row.request_hash) ? "already" : "taken";
  });
}

type Limits = Pick<CallLimits, "registrationsPerDay" | "enrollments">;

/** Which limit so many more enrollments would go over; null: none. */
export async function limitReached(
  db: Kysely<Schema>,
  clientId: string,
  many: number,
  { registrationsPerDay, enrollments }: Limits,
  now: number,
): Promise<"too_many_today" | "too_many_enrollments" | null> {
  if (many === 0) return null;
  if (!(await hasRoomToday(db, clientId, registrationsPerDay, now, many))) return "too_many_today";
  const tooMany = many > enrollments || (await hasEnrollments(db, clientId, enrollments - many + 1));
  return tooMany ? "too_many_enrollments" : null;
}

/**
 * Enrolls those of some hundred rows that are new, within the caller's transaction: each a few statements for all.
 *
 * @returns how each stood before, or the limit that they would go over: then none is enrolled.
 */
export async function importEnrollments(
  db: Kysely<Schema>,
  clientId: string,
  rows: readonly ImportedRow[],
  limits: Limits,
  now: number,
): Promise<readonly Standing[] | "too_many_today" | "too_many_enrollments"> {
  const standings = await standingsOf(db, clientId, rows);
  const fresh = rows.filter((_row, nth) => standings[nth] === "new").map(({ row }) => row);
  const reached = await limitReached(db, clientId, fresh.length, limits, now);
  if (reached !== null) return reached;
  await insertEnrollments(db, fresh);
  if (fresh.length > 0) await countToday(db, clientId, now, fresh.length);
  return standings;
}

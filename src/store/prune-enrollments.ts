import type { Kysely } from "kysely";
import type { Schema } from "./schema.js";

/** Enrollments of a stretch that expired before a time, epoch milliseconds. */
export function listExpiredEnrollments(
  db: Kysely<Schema>,
  { after, upTo }: { readonly after: number; readonly upTo: number },
  before: number,
): Promise<{ seq: number }[]> {
  return db
    .selectFrom("enrollments")
    .select("seq")
    .where("seq", ">", after)
    .where("seq", "<=", upTo)
    .where("expires_at", "<", before)
    .execute();
}

/** The newest one; 0 while there is none. */
export async function lastEnrollmentSeq(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom("enrollments")
    .select("seq")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** @returns how many that were. */
export async function deleteEnrollmentsBySeq(db: Kysely<Schema>, seqs: readonly number[]): Promise<number> {
  if (seqs.length === 0) return 0;
  const { numDeletedRows } = await db.deleteFrom("enrollments").where("seq", "in", seqs).executeTakeFirst();
  return Number(numDeletedRows);
}

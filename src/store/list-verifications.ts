import type { Kysely } from "kysely";
import type { VerificationStatus } from "../verification/status.js";
import type { Schema } from "./schema.js";
import type { AttemptRow, StoredVerification } from "./verifications.js";

export interface ListFilter {
  readonly clientId: string;
  readonly status?: VerificationStatus | undefined;
  readonly numberIndex?: Buffer | undefined;
  /** Epoch milliseconds, exclusive. */
  readonly createdAfter?: number | undefined;
  /** Only those registered before this one. */
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

/**
 * A page of a client's verifications, newest first. Paged by `seq` and not by offset: what is
 * registered meanwhile neither shifts a page nor makes a later one slower.
 */
export async function listVerifications(
  db: Kysely<Schema>,
  filter: ListFilter,
): Promise<StoredVerification[]> {
  let query = db.selectFrom("verifications").selectAll().where("client_id", "=", filter.clientId);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  if (filter.numberIndex !== undefined) query = query.where("number_index", "=", filter.numberIndex);
  if (filter.createdAfter !== undefined) query = query.where("created_at", ">", filter.createdAfter);
  if (filter.beforeSeq !== undefined) query = query.where("seq", "<", filter.beforeSeq);
  const rows = await query.orderBy("seq", "desc").limit(filter.limit).execute();
  const attempts = await listAttemptsOf(
    db,
    rows.map((row) => row.seq),
  );
  return rows.map((verification) => ({ verification, attempts: attempts.get(verification.seq) ?? [] }));
}

async function listAttemptsOf(
  db: Kysely<Schema>,
  seqs: readonly number[],
): Promise<Map<number, AttemptRow[]>> {
  const bySeq = new Map<number, AttemptRow[]>();
  if (seqs.length === 0) return bySeq;
  const rows = await db
    .selectFrom("attempts")
    .selectAll()
    .where("verification_seq", "in", seqs)
    .orderBy("started_at")
    .execute();
  for (const row of rows) {
    const of = bySeq.get(row.verification_seq);
    if (of === undefined) bySeq.set(row.verification_seq, [row]);
    else of.push(row);
  }
  return bySeq;
}

import { type Kysely, sql } from "kysely";
import { isFinal, type VerificationStatus } from "../verification/status.js";
import type { Schema } from "./schema.js";
import { ENDED, OPEN, type StoredVerification } from "./verifications.js";
import { ATTEMPT_COLUMNS, gathered } from "./with-attempts.js";
import { HOUR_MS } from "../verification/durations.js";

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
 * Times rise with `seq`, unless the clock is set back. Where that is by no more than this, all that was registered
 * before one that is too old by so much is too old as well; beyond it a list by time may lack some of its oldest.
 */
const CLOCK_SET_BACK_MS = HOUR_MS;

/**
 * A page of a client's verifications, newest first. Paged by `seq` and not by offset: what is
 * registered meanwhile neither shifts a page nor makes a later one slower.
 */
export async function listVerifications(
  db: Kysely<Schema>,
  filter: ListFilter,
): Promise<StoredVerification[]> {
  let query = db.selectFrom("verifications").selectAll().where("client_id", "=", filter.clientId);
  if (filter.status !== undefined) {
    // Word for word the condition of the partial index: SQLite sees only then that it may be used.
    const kind = isFinal(filter.status) ? ENDED : OPEN;
    query = query.where("status", "in", kind).where("status", "=", filter.status);
  }
  if (filter.numberIndex !== undefined) query = query.where("number_index", "=", filter.numberIndex);
  if (filter.createdAfter !== undefined) {
    const { createdAfter } = filter;
    query = query.where("created_at", ">", createdAfter).where("seq", ">", (eb) => {
      const before = eb
        .selectFrom("verifications as early")
        .select("early.seq")
        .where("early.client_id", "=", filter.clientId)
        .where("early.created_at", "<=", createdAfter - CLOCK_SET_BACK_MS)
        .orderBy("early.created_at", "desc")
        .limit(1);
      return eb.fn.coalesce(before, sql.lit(0));
    });
  }
  if (filter.beforeSeq !== undefined) query = query.where("seq", "<", filter.beforeSeq);
  const page = query.orderBy("seq", "desc").limit(filter.limit).as("page");
  return gathered(
    await db
      .selectFrom(page)
      .leftJoin("attempts", "attempts.verification_seq", "page.seq")
      .selectAll("page")
      .select(ATTEMPT_COLUMNS)
      .orderBy("page.seq", "desc")
      .orderBy("attempts.started_at")
      .execute(),
  );
}

import { type Insertable, type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import {
  type FinalStatus,
  isFinal,
  VERIFICATION_STATUSES,
  type VerificationStatus,
} from "../verification/status.js";
import type { Channel } from "../verification/request-terms.js";
import type { AttemptRow } from "./attempts.js";
import { compiled, compiledByShape, compiledFirst } from "./compiled.js";
import type { EnrollmentRow } from "./enrollments.js";
import type { Schema, VerificationTable } from "./schema.js";
import { held, sessionOf } from "./session.js";
import { ATTEMPT_COLUMNS, gathered } from "./with-attempts.js";

export type VerificationRow = Selectable<VerificationTable>;
export type NewVerification = Insertable<VerificationTable>;

/**
 * The statuses of a verification that has not ended. In the text of the query, not as parameters: SQLite
 * takes a partial index only where the text itself shows that it covers all rows.
 */
export const OPEN = listed((status) => !isFinal(status));
/** The others. */
export const ENDED = listed(isFinal);

function listed(which: (status: VerificationStatus) => boolean): RawBuilder<VerificationStatus> {
  return sql`(${sql.join(VERIFICATION_STATUSES.filter(which).map((status) => sql.lit(status)))})`;
}

export interface StoredVerification {
  readonly verification: VerificationRow;
  /** In the order in which they were made. */
  readonly attempts: readonly AttemptRow[];
}

const insertRow = compiledByShape((db, row: NewVerification) =>
  db
    .insertInto("verifications")
    .values(row)
    .onConflict((conflict) => conflict.columns(["client_id", "id"]).doNothing())
    .returningAll(),
);

/** @returns undefined when the client has a verification of that id already. */
export async function insertVerification(
  db: Kysely<Schema>,
  row: NewVerification,
): Promise<VerificationRow | undefined> {
  return (await insertRow(db, row))[0];
}

const byId = compiledFirst((db, { clientId, id }: { clientId: string; id: string }) =>
  db
    .selectFrom("verifications")
    .selectAll()
    .where("client_id", "=", clientId)
    .where("id", "=", id)
    .$call(held(db)),
);

export function findVerification(
  db: Kysely<Schema>,
  clientId: string,
  id: string,
): Promise<VerificationRow | undefined> {
  return byId(db, { clientId, id });
}

const bySeq = compiledFirst((db, { seq }: { seq: number }) =>
  db.selectFrom("verifications").selectAll().where("seq", "=", seq).$call(held(db)),
);

export function findVerificationBySeq(db: Kysely<Schema>, seq: number): Promise<VerificationRow | undefined> {
  return bySeq(db, { seq });
}

/** A verification with its calls, as the API shows it: both as of one moment. */
export async function readVerification(
  db: Kysely<Schema>,
  clientId: string,
  id: string,
): Promise<StoredVerification | undefined> {
  if (!sessionOf(db).manners.answersAtOnce) return gathered(await withAttempts(db, { clientId, id }))[0];
  // A row of both has so many columns that it costs more than twice as much as two rows.
  const [verification, attempts] = await Promise.all([
    findVerification(db, clientId, id),
    attemptsOf(db, { clientId, id }),
  ]);
  return verification && { verification, attempts };
}

const attemptsOf = compiled((db, { clientId, id }: { clientId: string; id: string }) =>
  db
    .selectFrom("attempts")
    .selectAll()
    .where("verification_seq", "=", (eb) =>
      eb.selectFrom("verifications").select("seq").where("client_id", "=", clientId).where("id", "=", id),
    )
    .orderBy("started_at"),
);

const withAttempts = compiled((db, { clientId, id }: { clientId: string; id: string }) =>
  db
    .selectFrom("verifications")
    .leftJoin("attempts", "attempts.verification_seq", "verifications.seq")
    .selectAll("verifications")
    .select(ATTEMPT_COLUMNS)
    .where("client_id", "=", clientId)
    .where("verifications.id", "=", id)
    .orderBy("attempts.started_at"),
);

type Change = Partial<
  Pick<
    VerificationRow,
    "reason" | "code_entries" | "attempts_made" | "code_read_at" | "next_channel" | "leg" | "proved_by"
  >
> & {
  readonly status: VerificationRow["status"];
  readonly next_attempt_at: number | null;
};
type End = Partial<
  Pick<VerificationRow, "completed_at" | "code_hash" | "code_cipher" | "former_code_cipher">
>;

/** Of what has ended nobody can learn the code any more. */
const NO_CODE = { code_hash: null, code_cipher: null, former_code_cipher: null };

const updateOpen = compiledByShape((db, { seq, ...change }: Change & End & Pick<VerificationRow, "seq">) =>
  db
    .updateTable("verifications")
    .set(change)
    .where("seq", "=", seq)
    .where("status", "in", OPEN)
    .returning("seq"),
);

/**
 * Ends a verification, or changes it before its end. The guard on the old status keeps a final one
 * final, whatever comes late. An ended one keeps no code.
 */
export async function updateVerification(
  db: Kysely<Schema>,
  { seq }: Pick<VerificationRow, "seq">,
  change: Change,
  now: number,
): Promise<boolean> {
  const end = isFinal(change.status) ? { completed_at: now, ...NO_CODE } : {};
  return (await updateOpen(db, { seq, ...change, ...end })).length === 1;
}

/** Outbound verifications waiting for a call, or for a message, in order of arrival. */
export function listDue(
  db: Kysely<Schema>,
  channel: Channel,
): Promise<{ seq: number; next_attempt_at: number | null }[]> {
  return db
    .selectFrom("verifications")
    .select(["seq", "next_attempt_at"])
    .where("status", "in", OPEN)
    .where("next_attempt_at", "is not", null)
    .where("next_channel", "=", channel)
    .orderBy("next_attempt_at")
    .orderBy("seq")
    .execute();
}

const dueBy = compiled((db, { channel, now }: { channel: Channel; now: number }) =>
  db
    .selectFrom("verifications")
    .select(["seq", "next_attempt_at"])
    .where("status", "in", OPEN)
    .where("next_attempt_at", "<=", now)
    .where("next_channel", "=", channel)
    .orderBy("next_attempt_at"),
);

/** Those that are due already. Asked every other second, by the partial index of what is open. */
export function listDueBy(
  db: Kysely<Schema>,
  channel: Channel,
  now: number,
): Promise<{ seq: number; next_attempt_at: number | null }[]> {
  return dueBy(db, { channel, now });
}

/** When the next open verification expires, epoch milliseconds. */
export async function nextDeadline(db: Kysely<Schema>): Promise<number | undefined> {
  const row = await db
    .selectFrom("verifications")
    .select("expires_at")
    .where("status", "in", OPEN)
    .orderBy("expires_at")
    .limit(1)
    .executeTakeFirst();
  return row?.expires_at;
}

/** Which of these have ended, and how. */
export function listEnded(
  db: Kysely<Schema>,
  seqs: readonly number[],
): Promise<{ seq: number; status: FinalStatus }[]> {
  return db
    .selectFrom("verifications")
    .select(["seq", "status"])
    .where("seq", "in", seqs)
    .where("status", "not in", OPEN)
    .$narrowType<{ status: FinalStatus }>()
    .execute();
}

/** Ends every open verification whose deadline has passed. @returns which. */
export async function expireDue(db: Kysely<Schema>, now: number): Promise<number[]> {
  const rows = await db
    .updateTable("verifications")
    .set({ status: "expired", completed_at: now, ...NO_CODE, next_attempt_at: null })
    .where("status", "in", OPEN)
    .where("expires_at", "<=", now)
    .returning("seq")
    .execute();
  return rows.map((row) => row.seq);
}

/** What the calls of an enrollment have open. */
export function listOpenOfEnrollment(
  db: Kysely<Schema>,
  { client_id, number_index, id }: Pick<EnrollmentRow, "client_id" | "number_index" | "id">,
): Promise<{ seq: number }[]> {
  return db
    .selectFrom("verifications")
    .select("seq")
    .where("client_id", "=", client_id)
    .where("number_index", "=", number_index)
    .where("enrollment_id", "=", id)
    .where("status", "in", OPEN)
    .execute();
}

/** Gives it another deadline. */
export async function setDeadline(
  db: Kysely<Schema>,
  { seq }: Pick<VerificationRow, "seq">,
  expires_at: number,
): Promise<void> {
  await db.updateTable("verifications").set({ expires_at }).where("seq", "=", seq).execute();
}

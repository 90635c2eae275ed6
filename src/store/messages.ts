import { type Kysely, sql } from "kysely";
import type { MessageOutcome } from "../verification/status.js";
import { compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";

/** What came of handing a message to the gateways. */
export interface MessageAnswer {
  readonly outcome: Extract<MessageOutcome, "sent" | "failed" | "canceled" | "unknown">;
  /** Null: nobody knows which. */
  readonly gateway: string | null;
  /** What its reports name it by. */
  readonly reference: string | null;
  readonly error: string | null;
}

/** What a gateway told of a message later. */
export interface MessageReport {
  readonly gateway: string;
  readonly reference: string;
  readonly outcome: Extract<MessageOutcome, "delivered" | "undelivered">;
  readonly error: string | null;
}

/** Once: undefined when it was answered before. */
export const markAnsweredBy = compiledFirst(
  (db, { id, at, outcome, gateway, reference, error }: MessageAnswer & { id: string; at: number }) =>
    db
      .updateTable("attempts")
      .set({ ended_at: at, outcome, gateway, gateway_reference: reference, gateway_error: error })
      .where("id", "=", id)
      .where("ended_at", "is", null)
      .returningAll(),
);

/** It may have gone from now on; undefined when it was answered, or is due once more. */
export const markGiven = compiledFirst((db, { id }: { id: string }) =>
  db
    .updateTable("attempts")
    .set({ waits: null })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .returning("verification_seq"),
);

/** Once: undefined when it was answered. */
export const deleteUnanswered = compiledFirst((db, { id }: { id: string }) =>
  db.deleteFrom("attempts").where("id", "=", id).where("ended_at", "is", null).returningAll(),
);

/** The message that a report is of. References may come round again in years: the latest is meant. */
export const findByReference = compiledFirst(
  (db, { gateway, reference }: Pick<MessageReport, "gateway" | "reference">) =>
    db
      .selectFrom("attempts")
      .selectAll()
      .where("gateway_reference", "=", reference)
      .where("gateway", "=", gateway)
      .orderBy("started_at", "desc")
      .limit(1),
);

/** Once: undefined when its fate was known before. */
export const markReported = compiledFirst(
  (
    db,
    {
      id,
      outcome,
      deliveredAt,
      error,
    }: Pick<MessageReport, "outcome" | "error"> & {
      id: string;
      deliveredAt: number | null;
    },
  ) =>
    db
      .updateTable("attempts")
      .set({ outcome, delivered_at: deliveredAt, gateway_error: error })
      .where("id", "=", id)
      .where("outcome", "=", sql.lit("sent"))
      .returningAll(),
);

const told = compiledFirst((db, { seq }: { seq: number }) =>
  db
    .selectFrom("attempts")
    .select("id")
    .where("verification_seq", "=", seq)
    .where("channel", "=", sql.lit("sms"))
    .where((eb) => eb.or([eb("outcome", "is", null), eb("outcome", "in", ["sent", "delivered", "unknown"])]))
    .limit(1),
);

/** Whether a message may have told the person the code, or is just being handed over. */
export async function messageMayHaveTold(db: Kysely<Schema>, seq: number): Promise<boolean> {
  return (await told(db, { seq })) !== undefined;
}

/** The last thing that was tried. */
export const latestAttempt = compiledFirst((db, { seq }: { seq: number }) =>
  db
    .selectFrom("attempts")
    .selectAll()
    .where("verification_seq", "=", seq)
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(1),
);

/** Calls that were made for a verification. */
export async function countCallsMade(db: Kysely<Schema>, seq: number): Promise<number> {
  const { made } = await db
    .selectFrom("attempts")
    .select((eb) => eb.fn.countAll<number>().as("made"))
    .where("verification_seq", "=", seq)
    .where("channel", "=", "voice")
    .executeTakeFirstOrThrow();
  return made;
}

/** How the client is named to people who have no other name for it. */
export async function nameOfClient(db: Kysely<Schema>, clientId: string): Promise<string> {
  const row = await db.selectFrom("clients").select("name").where("id", "=", clientId).executeTakeFirst();
  return row?.name ?? "";
}

export interface NewCode {
  readonly code_hash: Buffer;
  readonly code_cipher: Buffer;
  readonly code_length: number;
  /** The one from before, sealed as the code itself is, while nothing has told the new one. */
  readonly former_code_cipher: Buffer | null;
}

/** Gives an open verification another code. */
export async function setCode(db: Kysely<Schema>, seq: number, code: NewCode): Promise<void> {
  await db.updateTable("verifications").set(code).where("seq", "=", seq).execute();
}

export async function forgetFormerCode(db: Kysely<Schema>, seq: number): Promise<void> {
  await db.updateTable("verifications").set({ former_code_cipher: null }).where("seq", "=", seq).execute();
}

import { type Kysely, sql } from "kysely";
import { compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";

/** Whether a call that is served goes on for this verification. One that is turned away is not. */
export async function callGoesOn(db: Kysely<Schema>, seq: number): Promise<boolean> {
  return (await anyCall(db, { seq })) !== undefined;
}

/** The same of calls that have the number: made by us, or proved by the network. */
export async function provedCallGoesOn(db: Kysely<Schema>, seq: number): Promise<boolean> {
  return (await provedCall(db, { seq })) !== undefined;
}

const anyCall = compiledFirst((db, { seq }: { seq: number }) => servedCalls(db, seq));

const provedCall = compiledFirst((db, { seq }: { seq: number }) =>
  servedCalls(db, seq).where((eb) =>
    eb.or([eb("direction", "=", sql.lit("outbound")), eb("caller_proved", "=", sql.lit(1))]),
  ),
);

function servedCalls(db: Kysely<Schema>, seq: number) {
  return db
    .selectFrom("attempts")
    .select("id")
    .where("verification_seq", "=", seq)
    .where("ended_at", "is", null)
    .where("turned_away", "is", null)
    .limit(1);
}

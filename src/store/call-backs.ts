import type { Kysely } from "kysely";
import { compiledFirst } from "./compiled.js";
import { REGISTERED_WITHIN_MS } from "./number-calls.js";
import type { Schema } from "./schema.js";
import { notByIndex } from "./session.js";
import type { VerificationRow } from "./verifications.js";

/**
 * Calls back that count against the limit: of this client to this number since a time, over all its verifications,
 * for whoever has a false number can have a page begin one after another. Those that were verified were wanted, and
 * do not count. Calls that we made for an inbound verification are its calls back.
 */
export async function countCallBacks(
  db: Kysely<Schema>,
  { client_id, number_index }: Pick<VerificationRow, "client_id" | "number_index">,
  since: number,
): Promise<number> {
  const registeredAfter = since - REGISTERED_WITHIN_MS;
  return (await callBacks(db, { client_id, number_index, since, registeredAfter }))?.made ?? 0;
}

interface CallBacksOf extends Pick<VerificationRow, "client_id" | "number_index"> {
  readonly since: number;
  readonly registeredAfter: number;
}

const callBacks = compiledFirst((db, p: CallBacksOf) =>
  db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select((eb) => eb.fn.countAll<number>().as("made"))
    // Not by the client's index of numbers, which has no times: a member's number gathers thousands in a year, and
    // whoever calls with it would have us walk through all of them.
    .where(notByIndex(db, "verifications.client_id"), "=", p.client_id)
    .where("verifications.number_index", "=", p.number_index)
    .where("verifications.created_at", ">", p.registeredAfter)
    .where("verifications.direction", "=", "inbound")
    .where("verifications.status", "<>", "verified")
    .where("attempts.direction", "=", "outbound")
    .where("attempts.started_at", ">", p.since),
);

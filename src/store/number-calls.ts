import type { Kysely } from "kysely";
import { HOUR_MS } from "../verification/durations.js";
import { compiled, compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";
import { OPEN } from "./verifications.js";

/**
 * A call of the last hour is of a verification that was registered not long before: one lives ten minutes, and an
 * enrollment's is renewed while its member keeps calling. So old ones of the number are not walked through.
 */
export const REGISTERED_WITHIN_MS = 2 * HOUR_MS;

interface Sought {
  /** Keyed index of a number, whichever client calls it. */
  readonly number: Buffer;
  readonly registeredAfter: number;
}

/** Calls that were made and messages that were sent to a number after a time, the latest first. */
export const listLatestCalls = compiled((db, p: Sought & { after: number; most: number }) =>
  db
    .selectFrom("verifications")
    .innerJoin("attempts", "attempts.verification_seq", "verifications.seq")
    .select(["attempts.started_at", "attempts.ended_at", "attempts.channel"])
    .where("verifications.number_index", "=", p.number)
    .where("verifications.created_at", ">", p.registeredAfter)
    .where("attempts.direction", "=", "outbound")
    .where("attempts.started_at", ">", p.after)
    .orderBy("attempts.started_at", "desc")
    .limit(p.most),
);

const waitingCalls = compiledFirst((db, p: Sought & { now: number }) =>
  db
    .selectFrom("verifications")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("number_index", "=", p.number)
    .where("created_at", ">", p.registeredAfter)
    .where("status", "in", OPEN)
    .where("expires_at", ">", p.now)
    .where("next_attempt_at", "is not", null),
);

/** Calls that are still to be made to a number. */
export async function countWaitingCalls(db: Kysely<Schema>, p: Sought & { now: number }): Promise<number> {
  return (await waitingCalls(db, p))?.n ?? 0;
}

import type { Kysely } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";
import { OPEN } from "./verifications.js";

const HOUR_MS = 3_600_000;
/**
 * A call of the last hour is of a verification that was registered not long before: one lives ten minutes, and an
 * enrolment's is renewed while its member keeps calling. So old ones of the number are not walked through.
 */
export const REGISTERED_WITHIN_MS = 2 * HOUR_MS;

interface Sought {
  readonly number: Buffer;
  readonly registeredAfter: number;
}

const latestCalls = compiled((db, p: Sought & { after: number; most: number }) =>
  db
    .selectFrom("verifications")
    .innerJoin("attempts", "attempts.verification_seq", "verifications.seq")
    .select(["attempts.started_at", "attempts.ended_at"])
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

export interface NumberCalls {
  /** It is in a call of ours, or rings. */
  readonly inCall: boolean;
  /** When there may be one more, epoch milliseconds; null: now. */
  readonly retryAt: number | null;
}

/**
 * How one more call stands to those that were made to the number within the hour, of whichever client.
 *
 * @param waiting whether those that are still to be made count too.
 */
export async function callsToNumber(
  db: Kysely<Schema>,
  numberIndex: Buffer,
  max: number,
  waiting: boolean,
  now: number,
): Promise<NumberCalls> {
  const sought = { number: numberIndex, registeredAfter: now - REGISTERED_WITHIN_MS };
  const made = await latestCalls(db, { ...sought, after: now - HOUR_MS, most: max });
  const due = waiting ? ((await waitingCalls(db, { ...sought, now }))?.n ?? 0) : 0;
  const inCall = made.some(({ ended_at }) => ended_at === null);
  if (made.length + due < max) return { inCall, retryAt: null };
  // With those that wait gone, the one that makes room is the first of the last max.
  const leaves = made[Math.max(0, max - due - 1)]?.started_at ?? now;
  return { inCall, retryAt: leaves + HOUR_MS };
}

import type { Kysely } from "kysely";
import { oneMoreFailure, pausedUntil } from "../verification/unproved-pause.js";
import { findNumberGuard, setUnprovedFailures } from "../store/number-guards.js";
import type { Schema } from "../store/schema.js";

/** A number as a client knows it. */
interface GuardedNumber {
  readonly client_id: string;
  readonly number_index: Buffer;
}

/** Whether callers who only say that they have this number are not listened to now. */
export async function isPaused(db: Kysely<Schema>, number: GuardedNumber, now: number): Promise<boolean> {
  const { count, lastAt } = await failuresOf(db, number);
  return now < pausedUntil({ count, lastAt });
}

/** One more wrong entry, or one more verification brought to its end in silence, by such a caller. */
export async function countUnprovedFailure(
  db: Kysely<Schema>,
  number: GuardedNumber,
  now: number,
): Promise<void> {
  const change = {
    unproved_failures: oneMoreFailure(await failuresOf(db, number), now),
    last_unproved_failure_at: now,
  };
  await setUnprovedFailures(db, number, change);
}

async function failuresOf(
  db: Kysely<Schema>,
  { client_id, number_index }: GuardedNumber,
): Promise<{ count: number; lastAt: number | null }> {
  const guard = await findNumberGuard(db, { clientId: client_id, numberIndex: number_index });
  return { count: guard?.unproved_failures ?? 0, lastAt: guard?.last_unproved_failure_at ?? null };
}

import type { Kysely } from "kysely";
import { oneMoreFailure, pausedUntil } from "../verification/unproved-pause.js";
import { compiledFirst } from "../store/compiled.js";
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
  const { client_id, number_index } = number;
  await db
    .insertInto("number_guards")
    .values({ client_id, number_index, consecutive_failures: 0, ...change })
    .onConflict((conflict) => conflict.columns(["client_id", "number_index"]).doUpdateSet(change))
    .execute();
}

async function failuresOf(
  db: Kysely<Schema>,
  { client_id, number_index }: GuardedNumber,
): Promise<{ count: number; lastAt: number | null }> {
  const guard = await findFailures(db, { client_id, number_index });
  return { count: guard?.unproved_failures ?? 0, lastAt: guard?.last_unproved_failure_at ?? null };
}

const findFailures = compiledFirst((db, p: GuardedNumber) =>
  db
    .selectFrom("number_guards")
    .select(["unproved_failures", "last_unproved_failure_at"])
    .where("client_id", "=", p.client_id)
    .where("number_index", "=", p.number_index),
);

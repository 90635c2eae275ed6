import { type Kysely, sql } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";

export interface CounterKey {
  readonly scope: string;
  readonly period: string;
}

const amount = compiledFirst((db, { scope, period }: CounterKey) =>
  db.selectFrom("counters").select("amount").where("scope", "=", scope).where("period", "=", period),
);

const add = compiledFirst((db, row: CounterKey & { amount: number; keptUntil: number | null }) =>
  db
    .insertInto("counters")
    .values({
      scope: row.scope,
      period: row.period,
      amount: row.amount,
      told: 0,
      kept_until: row.keptUntil,
    })
    .onConflict((conflict) =>
      conflict.columns(["scope", "period"]).doUpdateSet({ amount: sql`counters.amount + ${row.amount}` }),
    )
    .returning("amount"),
);

const tell = compiledFirst((db, { scope, period, told }: CounterKey & { told: number }) =>
  db
    .updateTable("counters")
    .set({ told })
    .where("scope", "=", scope)
    .where("period", "=", period)
    .where("told", "<", told)
    .returning("told"),
);

/** What was counted in each period from this one on, the first first; periods are put in order as texts. */
export const countedSince = compiled((db, { scope, period }: CounterKey) =>
  db
    .selectFrom("counters")
    .select(["period", "amount"])
    .where("scope", "=", scope)
    .where("period", ">=", period)
    .orderBy("period"),
);

/** What was counted so far. */
export async function counted(db: Kysely<Schema>, key: CounterKey): Promise<number> {
  return (await amount(db, key))?.amount ?? 0;
}

/**
 * Adds to a sum.
 *
 * @param keptUntil when it may be forgotten, epoch milliseconds; null: never.
 * @returns what it is then.
 */
export async function count(
  db: Kysely<Schema>,
  key: CounterKey,
  more: number,
  keptUntil: number | null,
): Promise<number> {
  return (await add(db, { ...key, amount: more, keptUntil }))?.amount ?? more;
}

/** Notes that a share of it was told of. @returns false when that, or a higher one, was told before. */
export async function tellOnce(db: Kysely<Schema>, key: CounterKey, percent: number): Promise<boolean> {
  return (await tell(db, { ...key, told: percent })) !== undefined;
}

/** Deletes the sums that nobody asks for any more. @returns how many that were. */
export async function pruneCounters(db: Kysely<Schema>, now: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("counters")
    .where("kept_until", "<", now)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

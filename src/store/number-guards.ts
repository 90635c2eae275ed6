import { type Kysely, sql } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import type { Schema } from "./schema.js";

export const findNumberGuard = compiledFirst((db, p: { clientId: string; numberIndex: Buffer }) =>
  db
    .selectFrom("number_guards")
    .selectAll()
    .where("client_id", "=", p.clientId)
    .where("number_index", "=", p.numberIndex),
);

/** One more wrong code in a row. A new call or a new code does not reset this count (SP 800-63B-4 3.2.2). */
export async function countFailure(
  db: Kysely<Schema>,
  clientId: string,
  numberIndex: Buffer,
  limits: GuardLimits,
  now: number,
): Promise<void> {
  await db
    .insertInto("number_guards")
    .values({
      client_id: clientId,
      number_index: numberIndex,
      consecutive_failures: 1,
      last_failure_at: now,
      fraud_blocked_until: null,
    })
    .onConflict((conflict) =>
      conflict.columns(["client_id", "number_index"]).doUpdateSet({
        consecutive_failures: sql`case when number_guards.last_failure_at > ${now - limits.failureLockMs}
          then number_guards.consecutive_failures + 1 else 1 end`,
        last_failure_at: now,
      }),
    )
    .execute();
}

/** The right code ends the row of failures. */
export async function clearFailures(
  db: Kysely<Schema>,
  clientId: string,
  numberIndex: Buffer,
): Promise<void> {
  await forgetFailures(db, { clientId, numberIndex });
}

const forgetFailures = compiled((db, p: { clientId: string; numberIndex: Buffer }) =>
  db
    .updateTable("number_guards")
    .set({ consecutive_failures: 0 })
    .where("client_id", "=", p.clientId)
    .where("number_index", "=", p.numberIndex)
    .where("consecutive_failures", ">", 0),
);

export async function blockForFraud(
  db: Kysely<Schema>,
  clientId: string,
  numberIndex: Buffer,
  until: number,
): Promise<void> {
  await db
    .insertInto("number_guards")
    .values({
      client_id: clientId,
      number_index: numberIndex,
      consecutive_failures: 0,
      last_failure_at: null,
      fraud_blocked_until: until,
    })
    .onConflict((conflict) =>
      conflict.columns(["client_id", "number_index"]).doUpdateSet({ fraud_blocked_until: until }),
    )
    .execute();
}

/** What callers who only say that they have a number have keyed wrong. */
export async function setUnprovedFailures(
  db: Kysely<Schema>,
  { client_id, number_index }: { readonly client_id: string; readonly number_index: Buffer },
  change: { readonly unproved_failures: number; readonly last_unproved_failure_at: number },
): Promise<void> {
  await db
    .insertInto("number_guards")
    .values({ client_id, number_index, consecutive_failures: 0, ...change })
    .onConflict((conflict) => conflict.columns(["client_id", "number_index"]).doUpdateSet(change))
    .execute();
}

import {
  type ExpressionBuilder,
  type ExpressionWrapper,
  type Kysely,
  type Selectable,
  sql,
  type SqlBool,
} from "kysely";
import type { Schema } from "./schema.js";

type Guard = Selectable<Schema["number_guards"]>;
export type GuardKey = Pick<Guard, "client_id" | "number_index">;

/** Where a stretch of guards begins: before all of them. */
export const BEFORE_ALL_GUARDS: GuardKey = { client_id: "", number_index: Buffer.alloc(0) };

/** The next of them in the order of their keys, with whether nothing has happened to them since a time. */
export async function listGuardsAfter(
  db: Kysely<Schema>,
  after: GuardKey,
  before: number,
  limit: number,
): Promise<(GuardKey & { readonly stale: boolean })[]> {
  const rows = await db
    .selectFrom("number_guards")
    .select(["client_id", "number_index"])
    .select((eb) => eb.case().when(isStale(eb, before)).then(1).else(0).end().as("stale"))
    .where(sql<SqlBool>`(client_id, number_index) > (${after.client_id}, ${after.number_index})`)
    .orderBy("client_id")
    .orderBy("number_index")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, stale: row.stale === 1 }));
}

/** Deletes one, unless something happened to it meanwhile. */
export async function deleteStaleGuard(db: Kysely<Schema>, key: GuardKey, before: number): Promise<void> {
  await db
    .deleteFrom("number_guards")
    .where("client_id", "=", key.client_id)
    .where("number_index", "=", key.number_index)
    .where((eb) => isStale(eb, before))
    .execute();
}

function isStale(
  eb: ExpressionBuilder<Schema, "number_guards">,
  before: number,
): ExpressionWrapper<Schema, "number_guards", SqlBool> {
  const past = (column: "last_failure_at" | "last_unproved_failure_at" | "fraud_blocked_until") =>
    eb.or([eb(column, "is", null), eb(column, "<", before)]);
  return eb.and([past("last_failure_at"), past("last_unproved_failure_at"), past("fraud_blocked_until")]);
}

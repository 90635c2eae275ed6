import type { Kysely } from "kysely";
import type { AttemptRow } from "./attempts.js";
import type { Schema } from "./schema.js";

/** Calls of so many verifications are looked through, the latest. */
const VERIFICATIONS = 400;

/**
 * The latest calls that have ended, newest first.
 *
 * @param since when they began, epoch milliseconds.
 */
export async function listLastCalls(
  db: Kysely<Schema>,
  { since, limit }: { readonly since: number; readonly limit: number },
): Promise<AttemptRow[]> {
  return db
    .selectFrom("attempts")
    .selectAll()
    .where("verification_seq", "in", (eb) =>
      eb.selectFrom("verifications").select("seq").orderBy("seq", "desc").limit(VERIFICATIONS),
    )
    .where("ended_at", "is not", null)
    .where("channel", "=", "voice")
    .where("started_at", ">=", since)
    .orderBy("started_at", "desc")
    .limit(limit)
    .execute();
}

/** How many of the latest verifications found no free line in time, since a moment. */
export async function countOverCapacity(db: Kysely<Schema>, since: number): Promise<number> {
  const { count } = await db
    .selectFrom((eb) =>
      eb
        .selectFrom("verifications")
        .select(["reason", "created_at"])
        .orderBy("seq", "desc")
        .limit(VERIFICATIONS)
        .as("latest"),
    )
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("latest.reason", "=", "over_capacity")
    .where("latest.created_at", ">=", since)
    .executeTakeFirstOrThrow();
  return count;
}

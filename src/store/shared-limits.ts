import type { Kysely } from "kysely";
import { compiled, compiledFirst } from "./compiled.js";
import type { Schema } from "./schema.js";

/** What is asked and noted where several nodes share a trunk and the limits of a client. */

interface OfTrunk {
  readonly trunk: string;
}

const standing = compiledFirst((db, { trunk }: OfTrunk) =>
  db.selectNoFrom((eb) => [
    eb
      .selectFrom("attempts")
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .where("trunk", "=", trunk)
      .where("ended_at", "is", null)
      .where("direction", "=", "outbound")
      .where("channel", "=", "voice")
      .as("calls"),
    eb.selectFrom("trunk_turns").select("next_at").where("trunk", "=", trunk).as("next_at"),
  ]),
);

/** How a trunk stands. */
interface TrunkStanding {
  /** That go out by it and have not ended, of all nodes. */
  readonly calls: number;
  /** When its next turn is at the earliest, epoch milliseconds with a fraction. */
  readonly nextTurn: number;
}

/** One round trip: while it lasts no other node writes. */
export async function standingOfTrunk(db: Kysely<Schema>, trunk: string): Promise<TrunkStanding> {
  const row = await standing(db, { trunk });
  return { calls: row?.calls ?? 0, nextTurn: (row?.next_at ?? 0) / 1000 };
}

const setNext = compiled((db, { trunk, next }: OfTrunk & { next: number }) =>
  db
    .insertInto("trunk_turns")
    .values({ trunk, next_at: next })
    .onConflict((conflict) => conflict.column("trunk").doUpdateSet({ next_at: next })),
);

/** @param next before which nobody else has a turn, epoch milliseconds. */
export async function setNextTurn(db: Kysely<Schema>, trunk: string, next: number): Promise<void> {
  await setNext(db, { trunk, next: Math.ceil(next * 1000) });
}

const callsOfClient = compiledFirst((db, { clientId }: { clientId: string }) =>
  db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select(({ fn }) => fn.countAll<number>().as("calls"))
    .where("attempts.ended_at", "is", null)
    .where("attempts.direction", "=", "outbound")
    .where("attempts.channel", "=", "voice")
    .where("verifications.client_id", "=", clientId),
);

/** Calls of a client that go out and have not ended, of all nodes. */
export async function countOpenCallsOf(db: Kysely<Schema>, clientId: string): Promise<number> {
  return (await callsOfClient(db, { clientId }))?.calls ?? 0;
}

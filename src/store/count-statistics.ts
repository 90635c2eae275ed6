import type { Kysely } from "kysely";
import { HOUR_MS } from "../verification/durations.js";
import { listClients } from "./clients.js";
import type { Schema } from "./schema.js";
import {
  type CountedCall,
  type CountedVerification,
  type StatisticsSpan,
  type StatisticsStep,
  StatisticsTally,
} from "./statistics-tally.js";

/**
 * A verification lives ten minutes, and its last call a few more: those that were on the telephone as the span began
 * were registered within this.
 */
const CALLS_LAST_MS = HOUR_MS;
/** Read at a time: no statement lasts long, so a thread that counts can be ended between two of them. */
const A_READ = 20_000;

/**
 * Counts what became of the verifications of a span, of one client or of all. They are read in the order in which they
 * lie in the database, from the first to the last of that time: by the index of times alone each would be looked for
 * by itself, and the same page of several clients' read as often as there are clients.
 *
 * @param now until when a call has lasted that has not ended.
 */
export async function countStatistics(
  db: Kysely<Schema>,
  span: StatisticsSpan,
  clientId: string | null,
  now: number,
): Promise<StatisticsStep[]> {
  const tally = new StatisticsTally(span, now);
  const clients = clientId === null ? (await listClients(db)).map(({ id }) => id) : [clientId];
  const time = { from: span.from - CALLS_LAST_MS, to: span.to };
  const ends: { readonly first: number; readonly last: number }[] = [];
  for (const client of clients) {
    const { first, last } = await endsOf(db, client, time);
    if (first !== null && last !== null) ends.push({ first, last });
  }
  const last = Math.max(0, ...ends.map((of) => of.last));
  for (let after = Math.min(...ends.map(({ first }) => first)) - 1; after < last; after += A_READ) {
    const part = { clientId, after, upTo: Math.min(after + A_READ, last) };
    for (const row of await verificationsOf(db, part)) tally.verification(row);
    for (const row of await callsOf(db, part)) tally.call(row);
  }
  return tally.steps();
}

/** All of it is in the index. Right whatever the clock was set to meanwhile. */
function endsOf(
  db: Kysely<Schema>,
  clientId: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ first: number | null; last: number | null }> {
  return db
    .selectFrom("verifications")
    .select((eb) => [eb.fn.min<number | null>("seq").as("first"), eb.fn.max<number | null>("seq").as("last")])
    .where("client_id", "=", clientId)
    .where("created_at", ">=", from)
    .where("created_at", "<", to)
    .executeTakeFirstOrThrow();
}

interface Part {
  readonly clientId: string | null;
  readonly after: number;
  readonly upTo: number;
}

function verificationsOf(
  db: Kysely<Schema>,
  { clientId, after, upTo }: Part,
): Promise<CountedVerification[]> {
  return db
    .selectFrom("verifications")
    .select(["created_at", "completed_at", "status", "reason", "code_entries"])
    .where("seq", ">", after)
    .where("seq", "<=", upTo)
    .$if(clientId !== null, (query) => query.where("client_id", "=", clientId))
    .execute();
}

function callsOf(db: Kysely<Schema>, { clientId, after, upTo }: Part): Promise<CountedCall[]> {
  return db
    .selectFrom("verifications")
    .innerJoin("attempts", "attempts.verification_seq", "verifications.seq")
    .select([
      "verifications.created_at",
      "verifications.line_type",
      "attempts.direction",
      "attempts.started_at",
      "attempts.answered_at",
      "attempts.ended_at",
    ])
    .where("verifications.seq", ">", after)
    .where("verifications.seq", "<=", upTo)
    .where("attempts.channel", "=", "voice")
    .$if(clientId !== null, (query) => query.where("verifications.client_id", "=", clientId))
    .execute();
}

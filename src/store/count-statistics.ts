import type { Kysely } from "kysely";
import { DAY_MS, HOUR_MS } from "../verification/durations.js";
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

/**
 * Counts what became of the verifications of a span, of one client or of all. Read a client and a day at a time, each
 * by the index of a client's times: no statement lasts long, so a thread that counts can be ended between two of them.
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
  for (const client of clients) {
    for (let from = span.from - CALLS_LAST_MS; from < span.to; from += DAY_MS) {
      const part = { from, to: Math.min(from + DAY_MS, span.to) };
      for (const row of await verificationsOf(db, client, part)) tally.verification(row);
      for (const row of await callsOf(db, client, part)) tally.call(row);
    }
  }
  return tally.steps();
}

interface Part {
  readonly from: number;
  readonly to: number;
}

function verificationsOf(
  db: Kysely<Schema>,
  clientId: string,
  { from, to }: Part,
): Promise<CountedVerification[]> {
  return db
    .selectFrom("verifications")
    .select(["created_at", "completed_at", "status", "reason", "code_entries"])
    .where("client_id", "=", clientId)
    .where("created_at", ">=", from)
    .where("created_at", "<", to)
    .execute();
}

function callsOf(db: Kysely<Schema>, clientId: string, { from, to }: Part): Promise<CountedCall[]> {
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
    .where("verifications.client_id", "=", clientId)
    .where("verifications.created_at", ">=", from)
    .where("verifications.created_at", "<", to)
    .execute();
}

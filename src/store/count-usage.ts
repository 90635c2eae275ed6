import { type Kysely, sql } from "kysely";
import type { LineType } from "../verification/phone-number.js";
import type { Schema } from "./schema.js";
import { DAY_MS } from "../verification/durations.js";

interface CallCount {
  readonly lineType: LineType;
  /** Among the month's first calls that the tariff includes. */
  readonly included: boolean;
  readonly calls: number;
  readonly seconds: number;
}

export interface UsageCounts {
  /** Verifications registered for an inbound call. */
  readonly inboundRequests: number;
  /** Answered outbound calls. */
  readonly outboundCalls: readonly CallCount[];
  /** Parts of messages that a gateway has taken. */
  readonly messageParts: number;
}

/**
 * What was answered in a month was registered about then: a verification lives ten minutes, and a clock may be set.
 * So the meter need not go through all that the client ever registered.
 */
const REGISTERED_WITHIN_MS = DAY_MS;

/**
 * Counts what a client used in a time. The stored attempts are the meter: each answered call is a
 * row of its own, so nothing can be counted twice and every sum can be made again.
 *
 * @param from epoch milliseconds, inclusive; `to` exclusive. A call belongs to the time of its answer.
 * @param includedCalls how many of the first answered outbound calls the tariff includes.
 */
export async function countUsage(
  db: Kysely<Schema>,
  clientId: string,
  { from, to }: { readonly from: number; readonly to: number },
  includedCalls: number,
): Promise<UsageCounts> {
  const inbound = await db
    .selectFrom("verifications")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("client_id", "=", clientId)
    .where("direction", "=", "inbound")
    .where("created_at", ">=", from)
    .where("created_at", "<", to)
    .executeTakeFirstOrThrow();
  const answered = db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select([
      "verifications.line_type",
      // A call begun is a second begun; one that still lasts counts its seconds when it has ended.
      sql<number>`coalesce((attempts.ended_at - attempts.answered_at + 999) / 1000, 0)`.as("seconds"),
      sql<number>`row_number() over (order by attempts.answered_at, attempts.id)`.as("place"),
    ])
    .where("verifications.client_id", "=", clientId)
    .where("verifications.created_at", ">=", from - REGISTERED_WITHIN_MS)
    .where("verifications.created_at", "<", to + REGISTERED_WITHIN_MS)
    .where("attempts.direction", "=", "outbound")
    .where("attempts.answered_at", ">=", from)
    .where("attempts.answered_at", "<", to);
  const calls = await db
    .selectFrom(answered.as("answered"))
    .select([
      "line_type",
      sql<number>`case when place <= ${includedCalls} then 1 else 0 end`.as("included"),
      (eb) => eb.fn.countAll<number>().as("calls"),
      (eb) => eb.fn.sum<number>("seconds").as("seconds"),
    ])
    .groupBy(["line_type", "included"])
    .orderBy("included", "desc")
    .orderBy("line_type")
    .execute();
  const sent = await db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .select((eb) => eb.fn.sum<number | null>("attempts.parts").as("parts"))
    .where("verifications.client_id", "=", clientId)
    .where("verifications.created_at", ">=", from - REGISTERED_WITHIN_MS)
    .where("verifications.created_at", "<", to + REGISTERED_WITHIN_MS)
    .where("attempts.channel", "=", "sms")
    .where("attempts.outcome", "in", ["sent", "delivered", "undelivered"])
    .where("attempts.started_at", ">=", from)
    .where("attempts.started_at", "<", to)
    .executeTakeFirstOrThrow();
  return {
    messageParts: sent.parts ?? 0,
    inboundRequests: inbound.n,
    outboundCalls: calls.map((row) => ({
      lineType: row.line_type,
      included: row.included === 1,
      calls: row.calls,
      seconds: row.seconds,
    })),
  };
}

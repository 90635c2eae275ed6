import type { Kysely } from "kysely";
import { compiled } from "./compiled.js";
import type { Schema } from "./schema.js";
import { OPEN, type VerificationRow } from "./verifications.js";

/** Calls in progress with what they are for, the first begun first. By the partial index of what has not ended. */
export const listOpenCalls = compiled((db, { limit }: { limit: number }) =>
  calls(db)
    .where("attempts.ended_at", "is", null)
    .where("attempts.channel", "=", "voice")
    .orderBy("attempts.id")
    .limit(limit),
);

/** Those of these ids. */
export function listCalls(db: Kysely<Schema>, ids: readonly string[]): Promise<LiveCallRow[]> {
  return calls(db).where("attempts.id", "in", ids).execute();
}

function calls(db: Kysely<Schema>) {
  return db
    .selectFrom("attempts")
    .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
    .innerJoin("clients", "clients.id", "verifications.client_id")
    .select(["attempts.id as attempt_id", "attempts.direction", "started_at", "ringing_at", "answered_at"])
    .select(["ended_at", "outcome"])
    .select(["verifications.seq", "verifications.id", "number_cipher", "status", "reason"])
    .select("clients.name as client_name");
}
export type LiveCallRow = Awaited<ReturnType<typeof listOpenCalls>>[number];

/** Verifications for which a call is due, or will be, the earliest first. */
export const listWaitingCalls = compiled((db, { limit }: { limit: number }) =>
  db
    .selectFrom("verifications")
    .innerJoin("clients", "clients.id", "verifications.client_id")
    .select(["verifications.seq", "verifications.id", "number_cipher", "status", "reason"])
    .select(["verifications.created_at", "next_attempt_at", "clients.name as client_name"])
    .where("status", "in", OPEN)
    .where("next_attempt_at", "is not", null)
    .where("next_channel", "=", "voice")
    .orderBy("next_attempt_at")
    .orderBy("verifications.seq")
    .limit(limit),
);
export type WaitingCall = Awaited<ReturnType<typeof listWaitingCalls>>[number];

/** How those stand of which a call was in progress, or due. */
export function listStandings(
  db: Kysely<Schema>,
  seqs: readonly number[],
): Promise<Pick<VerificationRow, "seq" | "status" | "reason" | "completed_at">[]> {
  return db
    .selectFrom("verifications")
    .select(["seq", "status", "reason", "completed_at"])
    .where("seq", "in", seqs)
    .execute();
}

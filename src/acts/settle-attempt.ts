import type { Kysely } from "kysely";
import { type AttemptRow, setCost } from "../store/attempts.js";
import type { Schema } from "../store/schema.js";
import { settle } from "./budgets.js";

/**
 * A call or message has cost so much in the end, and not what was reserved when it began.
 *
 * @param cost thousandths of a yen.
 */
export async function settleAttempt(
  db: Kysely<Schema>,
  clientId: string,
  attempt: Pick<AttemptRow, "id" | "cost" | "started_at">,
  cost: number,
): Promise<void> {
  if (attempt.cost === null || attempt.cost === cost) return;
  await setCost(db, { id: attempt.id, cost });
  await settle(db, clientId, attempt.started_at, cost - attempt.cost);
}

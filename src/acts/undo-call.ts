import type { Kysely } from "kysely";
import { type AttemptRow, deleteAttempt, markEnded } from "../store/attempts.js";
import { callGoesOn } from "../store/open-calls.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { findVerificationBySeq, updateVerification, type VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { isFinal } from "../verification/status.js";
import { uncountInBlock } from "./block-counts.js";
import { makeDue } from "./next-leg.js";
import { restoreCode } from "./renew-code.js";
import { settleAttempt } from "./settle-attempt.js";
import { appendCallEvent } from "./verification-events.js";

/** How it is told: its begin has been. */
export const UNDONE = { outcome: "canceled", sipStatus: null, q850Cause: null } as const;

/**
 * A call that was noted, and of which nothing has left, is as if it had not been begun: it is due once more, for
 * whoever may make it, and counts for nothing but its turn by the trunk and its client's minute. One whose verification
 * has ended meanwhile, or that others have closed, stays.
 */
export function undoCall(store: Store, attemptId: string, now: number): Promise<void> {
  return store.write(async (db) => {
    const attempt = await markEnded(db, { id: attemptId, at: now, story: null, ...UNDONE });
    if (attempt === undefined) return;
    await appendCallEvent(db, store.vault, "call.ended", attempt, now);
    const row = await findVerificationBySeq(db, attempt.verification_seq);
    if (row === undefined) return;
    await giveBack(db, store.vault, row, attempt);
    if (isFinal(row.status)) return;
    await deleteAttempt(db, { id: attemptId });
    await restoreCode(db, store.vault, row);
    const { leg, status, next_attempt_at } = row;
    const change = { status, next_attempt_at, attempts_made: row.attempts_made - 1 };
    await updateVerification(db, row, change, now);
    // A person who was to be called back has called meanwhile.
    if (await callGoesOn(db, row.seq)) return;
    await makeDue(db, row, { leg, channel: "voice", at: now }, now);
  });
}

/** It costs nothing, and is none of the calls to its block. */
async function giveBack(
  db: Kysely<Schema>,
  vault: Vault,
  row: VerificationRow,
  attempt: AttemptRow,
): Promise<void> {
  // That of the first was counted when it was registered, and is not counted again.
  if (row.direction !== "outbound" || row.attempts_made > 1)
    await uncountInBlock(db, vault, vault.decipherNumber(row.number_cipher), attempt.started_at);
  await settleAttempt(db, row.client_id, attempt, 0);
}

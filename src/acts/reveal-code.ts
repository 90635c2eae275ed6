import { isFinal, type FinalStatus } from "../verification/status.js";
import { openCode } from "../store/sealed-columns.js";
import { keepNewCode } from "./renew-code.js";
import { demandOpen } from "../store/nodes.js";
import type { Store } from "../store/store.js";
import { findVerificationBySeq, updateVerification } from "../store/verifications.js";

export type Revealed =
  | { readonly kind: "code"; readonly code: string }
  /** It has ended: there is no code any more. */
  | { readonly kind: "closed"; readonly status: FinalStatus };

/**
 * Gives out the code to be read aloud, after the note that it is being read is durable: a crash in the
 * middle of the reading must not lead to a second call as if nothing had been said.
 *
 * @param attemptId the call on which it is read has to be open still.
 * @throws {AttemptClosedError} when another node has closed the call.
 */
export function revealCode(store: Store, seq: number, now: number, attemptId?: string): Promise<Revealed> {
  return store.write(async (db): Promise<Revealed> => {
    if (attemptId !== undefined) await demandOpen(db, attemptId);
    const row = await findVerificationBySeq(db, seq);
    if (row === undefined) return { kind: "closed", status: "canceled" };
    const { status, next_attempt_at, code_read_at } = row;
    if (isFinal(status)) return { kind: "closed", status };
    // The keeper of deadlines ends it, and tells of it.
    if (now >= row.expires_at) return { kind: "closed", status: "expired" };
    const code = openCode(store.vault, row);
    if (code === null) throw new Error("there is no code to be read");
    await updateVerification(db, row, { status, next_attempt_at, code_read_at: code_read_at ?? now }, now);
    await keepNewCode(db, row);
    return { kind: "code", code };
  });
}

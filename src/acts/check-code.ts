import { type FinalStatus, isFinal } from "../verification/status.js";
import type { GuardLimits } from "../verification/guard-limits.js";
import { codeMayBeKnown } from "./code-known.js";
import { judge } from "./rule-entry.js";
import type { Store } from "../store/store.js";
import { listAttempts } from "../store/attempts.js";
import { hint } from "../store/hints.js";
import { findVerification, findVerificationBySeq, type StoredVerification } from "../store/verifications.js";

export type Check =
  /** The code was judged: the verification as it stands right after. */
  | { readonly kind: "judged"; readonly stored: StoredVerification }
  | { readonly kind: "unknown" }
  /** The code is keyed on the telephone, or there is none. */
  | { readonly kind: "not_applicable" }
  /** No call has read the code and no message has gone yet, so nobody can honestly know it; not counted. */
  | { readonly kind: "too_early" }
  | { readonly kind: "ended"; readonly status: FinalStatus };

/**
 * Judges what a person typed after hearing a spoken code, or reading a message, by the rules of a keyed one, and commits it
 * before it returns. A call that still reads is told when this was the end.
 */
export function checkCode(
  store: Store,
  clientId: string,
  id: string,
  typed: string,
  limits: GuardLimits,
  now: number,
): Promise<Check> {
  return store.write(async (db): Promise<Check> => {
    const row = await findVerification(db, clientId, id);
    if (row === undefined) return { kind: "unknown" };
    if (row.method !== "spoken") return { kind: "not_applicable" };
    if (isFinal(row.status)) return { kind: "ended", status: row.status };
    // Past its deadline it has ended, whether or not that is written already: the ruling writes it.
    if (now < row.expires_at && !(await codeMayBeKnown(db, row))) return { kind: "too_early" };
    const entry = { kind: "code" as const, digits: typed };
    // What is read aloud or sent is learnt by whoever has the number.
    const ruling = await judge(db, store.vault, row, entry, limits, now, "proved");
    const verification = (await findVerificationBySeq(db, row.seq)) ?? row;
    const { status } = verification;
    if (isFinal(status)) {
      hint(db, "ended", row.seq, status);
      if (ruling.kind === "closed") return { kind: "ended", status };
    }
    return { kind: "judged", stored: { verification, attempts: await listAttempts(db, row.seq) } };
  });
}

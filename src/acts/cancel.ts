import { isFinal } from "../verification/status.js";
import type { Store } from "../store/store.js";
import { appendVerificationEnded } from "./verification-events.js";
import {
  findVerification,
  listAttempts,
  type StoredVerification,
  updateVerification,
} from "../store/verifications.js";

export type Cancellation =
  { readonly kind: "canceled" | "ended"; readonly stored: StoredVerification } | { readonly kind: "unknown" };

/** Cancels an open verification; whoever is on the telephone for it is told to hang up. */
export async function cancel(store: Store, clientId: string, id: string, now: number): Promise<Cancellation> {
  const cancellation = await store.write(async (db): Promise<Cancellation> => {
    const before = await findVerification(db, clientId, id);
    if (before === undefined) return { kind: "unknown" };
    const open = !isFinal(before.status);
    if (open) {
      await updateVerification(db, before, { status: "canceled", next_attempt_at: null }, now);
      await appendVerificationEnded(db, store.vault, before.seq, now);
    }
    const verification = (await findVerification(db, clientId, id)) ?? before;
    const attempts = await listAttempts(db, before.seq);
    return { kind: open ? "canceled" : "ended", stored: { verification, attempts } };
  });
  if (cancellation.kind === "canceled") {
    store.hintEnded(cancellation.stored.verification.seq, "canceled");
  }
  return cancellation;
}

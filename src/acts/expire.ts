import { hint } from "../store/hints.js";
import type { Store } from "../store/store.js";
import { expireDue } from "../store/verifications.js";
import { appendVerificationEnded } from "./verification-events.js";

/** Ends every open verification whose deadline has passed, and tells its client and whoever is on the telephone for it. */
export async function expire(store: Store, now: number): Promise<void> {
  await store.write(async (db) => {
    for (const seq of await expireDue(db, now)) {
      await appendVerificationEnded(db, store.vault, seq, now);
      hint(db, "ended", seq, "expired");
    }
  });
}

import type { AttemptNote } from "../verification/attempt-note.js";
import { setNote } from "../store/attempts.js";
import type { Store } from "../store/store.js";

/** Notes it on the call: the first note stays. */
export async function noteAttempt(store: Store, attemptId: string, note: AttemptNote): Promise<void> {
  await store.write((db) => setNote(db, { id: attemptId, note }));
}

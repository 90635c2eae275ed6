import type { AttemptNote } from "../verification/attempt-note.js";
import type { Store } from "../store/store.js";

/** Notes it on the call: the first note stays. */
export async function noteAttempt(store: Store, attemptId: string, note: AttemptNote): Promise<void> {
  await store.write(async (db) => {
    await db
      .updateTable("attempts")
      .set({ note })
      .where("id", "=", attemptId)
      .where("note", "is", null)
      .execute();
  });
}

import { setTrunk } from "../store/attempts.js";
import type { Store } from "../store/store.js";

/** Notes by which trunk a call goes on, before it does. @param trunk null: a test telephone. */
export async function noteTrunk(store: Store, attemptId: string, trunk: string | null): Promise<void> {
  await store.write((db) => setTrunk(db, { id: attemptId, trunk }));
}

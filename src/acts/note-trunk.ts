import { setTrunk } from "../store/attempts.js";
import { AttemptClosedError } from "../store/store-unavailable.js";
import type { Store } from "../store/store.js";

/**
 * Notes by which trunk a call goes on, before it does.
 *
 * @param trunk null: a test telephone.
 * @throws {AttemptClosedError} when another has ended it meanwhile: it is not to be dialled again.
 */
export async function noteTrunk(store: Store, attemptId: string, trunk: string | null): Promise<void> {
  await store.write(async (db) => {
    if ((await setTrunk(db, { id: attemptId, trunk })) === undefined) throw new AttemptClosedError();
  });
}

import * as attempts from "../store/attempts.js";
import type { Store } from "../store/store.js";
import { appendCallEvent } from "./verification-events.js";

/** Notes that a telephone rings. Nobody waits for it. */
export async function markRinging(store: Store, attemptId: string, at: number): Promise<void> {
  await store.write(async (db) => {
    const attempt = await attempts.markRinging(db, { id: attemptId, at });
    await appendCallEvent(db, store.vault, "call.ringing", attempt, at);
  }, "soon");
}

/** The same of an answer. */
export async function markAnswered(store: Store, attemptId: string, at: number): Promise<void> {
  await store.write(async (db) => {
    const attempt = await attempts.markAnswered(db, { id: attemptId, at });
    await appendCallEvent(db, store.vault, "call.answered", attempt, at);
  }, "soon");
}

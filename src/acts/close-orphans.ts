import type { MessageAnswer } from "../store/messages.js";
import { listOrphans } from "../store/nodes.js";
import type { Store } from "../store/store.js";
import { endAttempt } from "./end-attempt.js";
import { noteAnswer, undoMessage } from "./note-message.js";

/** How a call ended of which nobody knows any more than that: it was never placed, or its process is gone. */
export const INTERRUPTED_CALL = { outcome: "failed", sipStatus: null, q850Cause: null } as const;

/** Of a message whose process is gone: nobody knows what the gateway said. */
const INTERRUPTED_MESSAGE: MessageAnswer = {
  outcome: "unknown",
  gateway: null,
  reference: null,
  error: "interrupted",
};

/**
 * Closes the calls and messages of which no node that is there knows: of the run before, of a node that died or was
 * given up. What becomes of their verifications is decided as after any call. A message that may have gone is not sent
 * again; one that waited for its turn is due once more.
 *
 * @returns how many there were.
 * @throws {StoreUnavailableError}
 */
export async function closeOrphans(
  store: Store,
  redialPauseMs: number,
  now: number,
): Promise<{ readonly calls: number; readonly messages: number }> {
  const orphans = await listOrphans(store.read);
  // At once: one by one each would wait for a commit of its own, and nothing is dialled at a start until all are ended.
  await Promise.all(
    orphans.map(({ id, seq, channel, waits }) => {
      if (channel === "voice") return endAttempt(store, seq, id, INTERRUPTED_CALL, redialPauseMs, now);
      return waits === null ? noteAnswer(store, id, INTERRUPTED_MESSAGE, now) : undoMessage(store, id, now);
    }),
  );
  const calls = orphans.filter(({ channel }) => channel === "voice").length;
  return { calls, messages: orphans.length - calls };
}

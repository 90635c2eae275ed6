import { noteAnswer } from "../acts/note-message.js";
import type { Clock } from "../clock.js";
import type { Logger } from "../log.js";
import { listUnendedAttempts } from "../store/attempts.js";
import type { Store } from "../store/store.js";
import { INTERRUPTED } from "./answer-of.js";

/** Closes the messages that the last run left without an answer, whether or not there is a gateway now. */
export async function closeInterrupted(store: Store, clock: Clock, log: Logger): Promise<void> {
  const left = await listUnendedAttempts(store.read, "sms");
  await Promise.all(left.map(({ id }) => noteAnswer(store, id, INTERRUPTED, clock())));
  if (left.length > 0) log.warn("messages that may have gone were not sent again", { messages: left.length });
}

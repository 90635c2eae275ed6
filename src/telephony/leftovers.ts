import { errorText } from "../log.js";
import { listAttemptIds } from "../store/attempts.js";
import type { CallParts } from "./call-parts.js";
import type { Calls, Unserved } from "./calls.js";
import { NORMAL_CLEARING } from "./normal-clearing.js";

/**
 * As attempts are named, and their channels: with a number behind from the second trunk on. What is named otherwise need
 * not be looked for in the database.
 */
const UUID = /^([0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})(-\d{1,4})?$/;

/**
 * Hangs up calls that we placed and nobody serves: of a process that was killed, or given up and answered after all, so
 * that whoever lifted the receiver would hear nothing. Nobody else would ever hang them up. The database decides which
 * those are, for another Honnin on this Asterisk names its channels as we do.
 */
export function hangUpLeftovers(parts: Pick<CallParts, "ari" | "store" | "log">, calls: Calls): void {
  const { ari, store, log } = parts;
  calls.onUnserved(async (unserved) => {
    const possible = unserved.filter(isOut).map(({ channel }) => channel.id);
    if (possible.length === 0) return;
    const ours = new Set(await listAttemptIds(store.read, possible.map(attemptOf)));
    for (const id of possible) {
      if (!ours.has(attemptOf(id)) || calls.has(id)) continue;
      ari.hangUp(id, NORMAL_CLEARING).catch((error: unknown) => {
        log.warn("a call left over could not be hung up", { channel: id, error: errorText(error) });
      });
    }
  });
}

function attemptOf(channelId: string): string {
  return UUID.exec(channelId)?.[1] ?? channelId;
}

function isOut({ channel, args }: Unserved): boolean {
  return args?.[0] !== "inbound" && UUID.test(channel.id);
}

import type { OriginateRequest } from "../ari/connection.js";
import { HANGUP_GRACE_MS } from "./line.js";
import type { Way } from "./way.js";

/** What Asterisk is asked for. */
export function dialRequest(
  { endpoint, callerId, variables }: Way,
  channelId: string,
  ringMs: number,
): OriginateRequest {
  // A backstop: the ring time is ours to end, so that we know whose doing the end was.
  const timeoutSeconds = Math.ceil((ringMs + HANGUP_GRACE_MS) / 1000);
  return { channelId, endpoint, callerId, variables, timeoutSeconds };
}

import type { CallParts } from "./call-parts.js";

/** Asterisk's name for the Call-ID of a channel, which the events of one that nobody has answered may lack. */
const CALL_ID = "CHANNEL(pjsip,call-id)";

/** Whether a trunk has said nothing at all to our INVITE, not even 100; false where that cannot be told. */
export async function isSilent({ ari, overheard }: CallParts, channelId: string): Promise<boolean> {
  if (overheard === undefined) return false;
  const callId = await ari.readVariable(channelId, CALL_ID).catch(() => null);
  return callId !== null && callId !== "" && overheard.provisionalOf(callId) === 0;
}

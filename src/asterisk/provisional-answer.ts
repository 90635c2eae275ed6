import { readHead } from "./sip-head.js";

/** Reads a provisional answer to an INVITE (RFC 3261 section 21.1); undefined for every other message. */
export function readProvisional(
  message: Buffer,
): { readonly callId: string; readonly status: number } | undefined {
  const status = /^SIP\/2\.0 (1\d\d)/.exec(message.toString("latin1", 0, 11))?.[1];
  if (status === undefined) return undefined;
  const { callId, method } = readHead(message);
  return callId === undefined || method !== "INVITE" ? undefined : { callId, status: Number(status) };
}

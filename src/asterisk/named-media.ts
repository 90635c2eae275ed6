import { isIPv6 } from "node:net";
import { readHead } from "./sip-head.js";

/** Where the SDP of a SIP message has voice sent to. */
export interface NamedMedia {
  readonly callId: string;
  /** `192.0.2.1:4000`, `[2001:db8::1]:4000` */
  readonly addresses: readonly string[];
}

/** Undefined for a message without SDP. */
export function readNamedMedia(message: Buffer): NamedMedia | undefined {
  // Of every message that passes, OPTIONS and REGISTER too: only those that may have one are taken apart.
  if (!message.includes("m=audio ")) return undefined;
  const { callId, body } = readHead(message);
  if (callId === undefined || !body.includes("m=audio ")) return undefined;
  // What stands before the first medium holds for those that have no address of their own (RFC 4566 section 5.7).
  const [session = "", ...media] = body.split(/^(?=m=)/m);
  const addresses = media.flatMap((medium) => {
    const port = /^m=audio ([1-9]\d*)/.exec(medium)?.[1];
    const host = addressIn(medium) ?? addressIn(session);
    return port === undefined || host === undefined ? [] : [`${isIPv6(host) ? `[${host}]` : host}:${port}`];
  });
  return { callId, addresses };
}

function addressIn(part: string): string | undefined {
  return /^c=IN IP[46] ([^\s/]+)/m.exec(part)?.[1];
}

import { readHead } from "./sip-head.js";

/** A key that a peer tells by SIP INFO. */
export interface InfoKey {
  readonly callId: string;
  /** Counts up with each request of the call; the same when it is sent again. */
  readonly cseq: number;
  readonly digit: string;
}

/** In the order of telephone events (RFC 4733 section 3.2), by whose numbers some name the last six. */
const KEYS = "0123456789*#ABCD";

/** Reads what `res_pjsip_dtmf_info` takes for a key: `application/dtmf-relay` and `application/dtmf`. */
export function readInfoKey(message: Buffer): InfoKey | undefined {
  if (message.toString("latin1", 0, 5) !== "INFO ") return undefined;
  const { callId, valuesOf, body } = readHead(message);
  const cseq = parseInt(valuesOf(/^cseq$/i)[0] ?? "", 10);
  const type = /^application\/(dtmf|dtmf-relay)\b(?!-)/i.exec(valuesOf(/^(content-type|c)$/i)[0] ?? "")?.[1];
  if (callId === undefined || Number.isNaN(cseq) || type === undefined) return undefined;
  const signal = type.toLowerCase() === "dtmf" ? body.trim() : /^signal\s*=\s*(\S+)/im.exec(body)?.[1];
  const digit = /^\d\d$/.test(signal ?? "") ? KEYS[Number(signal)] : signal?.[0];
  return digit === undefined ? undefined : { callId, cseq, digit };
}

import { readHead } from "./sip-head.js";

/** What the other side said when it did not take a call of ours. */
export interface Refusal {
  readonly callId: string;
  /** SIP status, 300 to 699. */
  readonly status: number;
  /** Of a `Reason: Q.850` header field (RFC 3326); null: it gave none. */
  readonly q850Cause: number | null;
  /** What proof of who we are it asks for with 401 and 407: `Digest algorithm=MD5 qop=auth-int`. */
  readonly wanted: readonly string[];
}

/** Reads the refusal of an INVITE; undefined for every other message. */
export function readRefusal(message: Buffer): Refusal | undefined {
  // Nearly all messages are another thing, and are put aside by their first bytes.
  const status = /^SIP\/2\.0 ([3-6]\d\d)/.exec(message.toString("latin1", 0, 11))?.[1];
  if (status === undefined) return undefined;
  const { callId, method, valuesOf } = readHead(message);
  if (callId === undefined || method !== "INVITE") return undefined;
  return {
    callId,
    status: Number(status),
    q850Cause: q850CauseOf(valuesOf(/^reason$/i)),
    wanted: valuesOf(/^(proxy|www)-authenticate$/i).map(withoutSecrets),
  };
}

/** The first Q.850 cause (RFC 3326 section 2); several reasons may stand in one field, separated by commas. */
function q850CauseOf(reasons: readonly string[]): number | null {
  for (const reason of reasons.flatMap((field) => field.split(","))) {
    const cause = /^\s*Q\.850\s*;(?:.*;)?\s*cause\s*=\s*(\d{1,3})\b/i.exec(reason)?.[1];
    // ITU-T Q.850: a cause has seven bits.
    if (cause !== undefined && Number(cause) > 0 && Number(cause) < 128) return Number(cause);
  }
  return null;
}

/** Scheme, algorithm and qop of a challenge: what an administrator has to know, and nothing of the nonce. */
export function withoutSecrets(challenge: string): string {
  const scheme = /^[\w-]{1,20}/.exec(challenge)?.[0] ?? "?";
  const algorithm = /\balgorithm\s*=\s*"?([\w-]{1,30})/i.exec(challenge)?.[1] ?? "MD5";
  const qop = /\bqop\s*=\s*(?:"([\w, -]{1,40})"|([\w-]{1,20}))/i.exec(challenge);
  return `${scheme} algorithm=${algorithm}${qop === null ? "" : ` qop=${qop[1] ?? qop[2]}`}`;
}

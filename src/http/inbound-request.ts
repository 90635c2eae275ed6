import { canonicalDid } from "../verification/did.js";
import { parseOwnLine } from "../verification/calling-line.js";
import type { PhoneNumber } from "../verification/phone-number.js";
import { Problem, wrongField } from "./problem.js";
import type { ClientRequest } from "./client-request.js";

export interface InboundTarget {
  readonly number: PhoneNumber;
  /** The number to call, as `canonicalDid` spells it. */
  readonly did: string;
}

/**
 * Whose call is awaited, and where. The rules for calling out do not apply: nobody is called.
 *
 * @param dids those that the client may use, as `canonicalDid` spells them; the first is the default.
 * @throws {Problem}
 */
export function inboundTarget(body: ClientRequest, dids: readonly string[]): InboundTarget {
  // Docs: decision 0012. What a caller's number proves is too little to be told a secret for.
  if (body.channel === "sms") throw wrongField("channel", "sms is for direction outbound only");
  if (body.channels !== undefined) throw wrongField("channels", "for direction outbound only");
  if (body.method === "spoken") throw wrongField("method", "spoken is for direction outbound only");
  if (body.method === "caller_id" && body.code !== undefined) {
    throw wrongField("code", "not used with method caller_id");
  }
  const [first] = dids;
  if (first === undefined) {
    throw new Problem("service_unavailable", "there is no number at which calls for this client arrive");
  }
  const did = body.did === undefined ? first : canonicalDid(body.did);
  if (!dids.includes(did)) throw wrongField("did", "not one of the numbers at which calls arrive");
  const parsed = parseOwnLine(body.phone_number);
  if (!parsed.ok) throw wrongField("phone_number", parsed.detail);
  return { number: parsed.number, did };
}

/** Fields that mean something for calls that come in only. */
export function refuseInboundFields(body: ClientRequest): void {
  if (body.did !== undefined) throw wrongField("did", "only with direction inbound");
  if (body.method === "caller_id") throw wrongField("method", "caller_id is for direction inbound only");
}

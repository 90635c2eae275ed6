import type { Beginning } from "../verification/told-key.js";
import { causeOfBye, type LineEnd } from "./line.js";

/** What the trunk said when it refused a call. */
interface Refusal {
  /** Of its `Reason: Q.850` header field; null: it gave none. */
  readonly q850Cause: number | null;
  /** With 401 and 407: what proof of who we are it asks for. */
  readonly wanted: readonly string[];
}

/** What can be asked for beside ARI, which does not tell; by the SIP Call-ID where nothing else is said. */
export interface Overheard {
  /** @returns undefined, after a moment, when it was not heard. */
  refusalOf(callId: string, sipStatus: number): Promise<Refusal | undefined>;
  /** Whether the call asks for encryption in its first voice line. */
  offersEncrypted(callId: string): Promise<boolean>;
  /** Whether a key of this call that was told just now came by SIP INFO; each that came is good for one. */
  cameByInfo(callId: string, digit: string): boolean;
  /**
   * What was told of the beginning of a key, by the name of its channel; to be asked for each, in order.
   * Undefined, after a moment, when it was not heard.
   */
  beginningOf(channel: string, digit: string, durationMs: number): Promise<Beginning | undefined>;
  /** The highest provisional answer to its INVITE; 0: none has been heard. */
  provisionalOf(callId: string): number;
  /** Whether an SDP of this call has had voice sent to this address and port. */
  namesMedia(callId: string, address: string): boolean;
}

/** What came from the network at the end of a call that we placed, and nothing that Asterisk made of it. */
export interface LastWord {
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
  readonly wanted: readonly string[];
  /** Whether it was heard that the trunk itself said it, and not Asterisk in its place. */
  readonly isFromTrunk: boolean;
}

/** @param how `withdrawn`: we gave up ringing, so that the end is our own. */
export async function lastWordOf(
  end: LineEnd,
  how: "answered" | "withdrawn" | "refused",
  overheard: Overheard | undefined,
): Promise<LastWord> {
  const { sipStatus, q850Cause } = end;
  if (how === "answered") {
    // A BYE has a cause at most: Asterisk translates it into a status that nobody sent.
    return { sipStatus: null, q850Cause: causeOfBye(end), wanted: [], isFromTrunk: false };
  }
  if (how === "withdrawn" || sipStatus === null || sipStatus < 300)
    return { sipStatus, q850Cause, wanted: [], isFromTrunk: false };
  const heard = end.callId === undefined ? undefined : await overheard?.refusalOf(end.callId, sipStatus);
  if (heard !== undefined) return { sipStatus, ...heard, isFromTrunk: true };
  return { sipStatus, q850Cause: end.translated === true ? null : q850Cause, wanted: [], isFromTrunk: false };
}

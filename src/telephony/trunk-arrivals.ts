import type { DidSource } from "../verification/called-did.js";

/** How calls that come in by a trunk are read. */
export interface TrunkArrivals {
  /** Where it puts the DID that was dialled, in order. */
  readonly didFrom: readonly DidSource[];
  /** Its voice is encrypted. */
  readonly encrypts: boolean;
  /**
   * Trunks from whose addresses its calls may come too, itself among them, by the user of the contact that each has
   * registered; empty: its addresses are its own.
   */
  readonly byContact: ReadonlyMap<string, string>;
}

/**
 * The trunk by which a call came: the one whose address it came from, and where several share the address the one whose
 * contact it was sent to (RFC 3261 section 16.6: a registrar's proxy puts the contact into the Request-URI).
 *
 * @param endpoint as Asterisk knows the address.
 * @returns null where that tells none: then nobody guesses.
 */
export function trunkOfArrival(
  endpoint: string,
  requestUri: string,
  arrivals: ReadonlyMap<string, TrunkArrivals>,
): string | null {
  const byContact = arrivals.get(endpoint)?.byContact;
  if (byContact === undefined || byContact.size === 0) return endpoint;
  const user = /^sips?:([^@;>]+)@/i.exec(requestUri)?.[1];
  return (user === undefined ? undefined : byContact.get(user)) ?? null;
}

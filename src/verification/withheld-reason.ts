import type { SipIdentity } from "./sip-identity.js";

/**
 * Why the network tells no number: the caller's wish, a payphone, a network on the way that cannot tell, or a
 * service that cannot be combined with telling. 186 in front of the number helps only against the first.
 */
export const WITHHELD_REASONS = ["caller", "payphone", "unavailable", "other_service"] as const;
export type WithheldReason = (typeof WITHHELD_REASONS)[number];

/** Networks in Japan give the reason as From's display name, beside `sip:anonymous@anonymous.invalid`. */
const BY_DISPLAY_NAME: ReadonlyMap<string, WithheldReason> = new Map([
  ["anonymous", "caller"],
  ["coin line/payphone", "payphone"],
  ["unavailable", "unavailable"],
  ["interaction with other service", "other_service"],
]);

/** The reason that a From gives; null when it gives none. 3GPP TS 23.003 section 13.7 has the URI of the third. */
export function withheldReason({ displayName, uri }: SipIdentity): WithheldReason | null {
  const named = BY_DISPLAY_NAME.get(displayName.trim().replace(/\s+/g, " ").toLowerCase());
  return named ?? (uri.toLowerCase() === "sip:unavailable@unknown.invalid" ? "unavailable" : null);
}

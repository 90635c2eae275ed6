import { isIPv4, isIPv6 } from "node:net";
import { ConfigurationValueError } from "./errors.js";

/** The parts of HONNIN_TRUNK_URI that Asterisk's configuration needs. */
export interface TrunkAddress {
  /** Address or host name; an IPv6 address without brackets. */
  readonly host: string;
  /** `host:port` as it stands in a SIP URI (IPv6 in brackets). */
  readonly hostPort: string;
  readonly transport: "udp" | "tcp";
}

const TRUNK_URI = /^sip:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?(?:;transport=(udp|tcp))?$/i;

/**
 * Reads `sip:host[:port][;transport=udp|tcp]` (RFC 3261 19.1.1, the part a trunk needs). Anything else,
 * a user part or other parameters included, is refused rather than dropped.
 */
export function parseTrunkUri(uri: string): TrunkAddress {
  const match = TRUNK_URI.exec(uri);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? 5060);
  const wellFormed = match?.[1] === undefined ? !looksLikeBrokenIPv4(host ?? "") : isIPv6(match[1]);
  if (match === null || host === undefined || port < 1 || port > 65_535 || !wellFormed) {
    throw new ConfigurationValueError(
      "HONNIN_TRUNK_URI",
      "it is not of the form sip:host, sip:host:port or sip:host:port;transport=tcp",
    );
  }
  const transport = match[4]?.toLowerCase() === "tcp" ? "tcp" : "udp";
  return { host, hostPort: `${match[1] === undefined ? host : `[${host}]`}:${String(port)}`, transport };
}

// 127.0.0.300 is no host name (RFC 1123 2.1): to look it up would only take long to fail.
function looksLikeBrokenIPv4(host: string): boolean {
  return /^[\d.]+$/.test(host) && !isIPv4(host);
}

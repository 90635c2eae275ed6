import { isIPv4, isIPv6 } from "node:net";

/** The parts of a trunk's SIP URI. */
export interface TrunkAddress {
  /** Address or host name; an IPv6 address without brackets. */
  readonly host: string;
  /** `host:port` as it stands in a SIP URI (IPv6 in brackets). */
  readonly hostPort: string;
  readonly transport: "udp" | "tcp" | "tls";
}

const TRUNK_URI =
  /^sip:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?(?:;transport=(udp|tcp|tls))?(?:;lr)?$/i;

/** RFC 3261 section 19.1.2: the port of a URI that names none. */
const PORTS = { udp: 5060, tcp: 5060, tls: 5061 } as const;

/**
 * Reads `sip:host[:port][;transport=udp|tcp|tls]` (RFC 3261 19.1.1, the part that a trunk needs; `;lr` of a proxy is
 * read over).
 *
 * @returns null for anything else, a user part or other parameters included: refused rather than dropped.
 */
export function readTrunkUri(uri: string): TrunkAddress | null {
  const [matched, v6, name, digits, given] = TRUNK_URI.exec(uri) ?? [];
  const host = v6 ?? name;
  if (matched === undefined || host === undefined) return null;
  const transport = transportOf(given);
  const port = Number(digits ?? PORTS[transport]);
  const wellFormed = v6 === undefined ? !looksLikeBrokenIPv4(host) : isIPv6(v6);
  if (port < 1 || port > 65_535 || !wellFormed) return null;
  return { host, hostPort: `${inUri(host)}:${String(port)}`, transport };
}

/** As a host stands in a URI: an IPv6 address in brackets. */
export function inUri(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function transportOf(given: string | undefined): TrunkAddress["transport"] {
  const transport = given?.toLowerCase();
  return transport === "tcp" || transport === "tls" ? transport : "udp";
}

// 127.0.0.300 is no host name (RFC 1123 2.1): to look it up would only take long to fail.
function looksLikeBrokenIPv4(host: string): boolean {
  return /^[\d.]+$/.test(host) && !isIPv4(host);
}

import { isIPv6 } from "node:net";

/** IPv6 addresses stand in brackets (RFC 3986 section 3.2.2). */
export function httpsUrl(host: string, port: number): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}:${String(port)}`;
}

/** Where a listener on this address is found from its own machine: the wildcard addresses are no destination. */
export function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return isIPv6(host) && /^[0:]+$/.test(host) ? "::1" : host;
}

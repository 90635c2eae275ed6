import { isIPv6 } from "node:net";

/** RFC 4291 section 2.5.5.2, as a URL writes it. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * What counts as one neighbour when addresses are counted: an IPv4 address, but a /64 of IPv6, of which whoever has one
 * address has 2^64.
 *
 * @param address as `socket.remoteAddress` gives it; undefined: the peer is gone.
 */
export function networkOf(address: string | undefined): string {
  const bare = address?.split("%")[0] ?? "";
  if (!isIPv6(bare)) return bare;
  // A URL has one spelling of each address (WHATWG URL, host serializing).
  const text = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(text) ?? [];
  if (high !== undefined && low !== undefined) {
    return [parseInt(high, 16), parseInt(low, 16)].flatMap((half) => [half >> 8, half & 0xff]).join(".");
  }
  const [front = "", back] = text.split("::");
  const groups = front === "" ? [] : front.split(":");
  const after = back === undefined || back === "" ? [] : back.split(":");
  const zeros = back === undefined ? 0 : 8 - groups.length - after.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...after];
  return `${all.slice(0, 4).join(":")}::/64`;
}

import { BlockList, isIP, isIPv4 } from "node:net";

/** An address or a CIDR block. */
interface IpBlock {
  readonly family: "ipv4" | "ipv6";
  readonly address: string;
  readonly prefix: number;
}

const BITS = { ipv4: 32, ipv6: 128 } as const;
/** An IPv4-mapped address (RFC 4291 section 2.5.5.2) has this many bits before those of IPv4. */
const MAPPED_BITS = BITS.ipv6 - BITS.ipv4;

/** Whether a text is an address, or a CIDR block such as `192.0.2.0/24` or `2001:db8::/32`. */
export function isIpBlock(text: string): boolean {
  return parseIpBlock(text) !== null;
}

/**
 * Whether an address lies in one of the blocks. An IPv4-mapped IPv6 address counts as IPv4: that is how
 * a socket on `::` names its IPv4 peers.
 *
 * @param address as `socket.remoteAddress` gives it; undefined (the peer is gone) lies in none.
 */
export function liesIn(blocks: readonly string[], address: string | undefined): boolean {
  // A link-local peer comes with its interface, `fe80::1%eth0`.
  const peer = parseIpBlock(address?.split("%")[0] ?? "");
  if (peer === null) return false;
  const list = new BlockList();
  for (const block of blocks.map(parseIpBlock)) {
    // Node would also find an IPv4 peer in `::/0`, by way of its mapped address.
    if (block?.family === peer.family) list.addSubnet(block.address, block.prefix, block.family);
  }
  return list.check(peer.address, peer.family);
}

function parseIpBlock(text: string): IpBlock | null {
  const [address = "", prefixText, ...more] = text.split("/");
  if (more.length > 0 || isIP(address) === 0 || address.includes("%")) return null;
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? BITS[family] : Number(prefixText);
  if (prefix > BITS[family]) return null;
  const mapped = family === "ipv6" && prefix >= MAPPED_BITS ? mappedIpv4(address) : null;
  if (mapped !== null) return { family: "ipv4", address: mapped, prefix: prefix - MAPPED_BITS };
  return { family, address, prefix };
}

/** The IPv4 address in an IPv4-mapped IPv6 address of any spelling; null for any other. */
function mappedIpv4(address: string): string | null {
  // A URL has one spelling of each address (WHATWG URL, host serializing).
  const { hostname } = new URL(`http://[${address}]`);
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return null;
  const bits = [parseInt(high, 16), parseInt(low, 16)];
  return bits.flatMap((half) => [half >> 8, half & 0xff]).join(".");
}

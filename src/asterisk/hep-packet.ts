/**
 * One datagram of the Homer Encapsulation Protocol, version 3, by which Asterisk's `res_hep` passes on copies of what
 * it hears and says: `HEP3`, the length of all, then chunks of vendor (2 bytes), type (2), length with these six (2)
 * and value.
 */

const HEADER_BYTES = 6;
const CHUNK_HEADER_BYTES = 6;

/** Chunk types of the generic vendor, 0. */
const SOURCE_IPV4 = 0x0003;
const TARGET_IPV4 = 0x0004;
const SOURCE_IPV6 = 0x0005;
const TARGET_IPV6 = 0x0006;
const SOURCE_PORT = 0x0007;
const TARGET_PORT = 0x0008;
const PROTOCOL = 0x000b;
const AUTH_KEY = 0x000e;
const PAYLOAD = 0x000f;

const SIP = 1;

/** The SIP message in a datagram, or undefined where there is none, or not from one who knows the password. */
export function sipInHep(packet: Buffer, password: Buffer): Buffer | undefined {
  if (packet.length < HEADER_BYTES || packet.toString("latin1", 0, 4) !== "HEP3") return undefined;
  let isSip = false;
  let isTrusted = false;
  let payload: Buffer | undefined;
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= packet.length;) {
    const length = packet.readUInt16BE(at + 4);
    const end = at + length;
    if (length < CHUNK_HEADER_BYTES || end > packet.length) return undefined;
    const value = packet.subarray(at + CHUNK_HEADER_BYTES, end);
    if (packet.readUInt16BE(at) === 0) {
      switch (packet.readUInt16BE(at + 2)) {
        case PROTOCOL:
          isSip = value[0] === SIP;
          break;
        case AUTH_KEY:
          isTrusted = value.equals(password);
          break;
        case PAYLOAD:
          payload = value;
      }
    }
    at = end;
  }
  return isSip && isTrusted ? payload : undefined;
}

/** An end of the way of a message. */
export interface HepEnd {
  /** IPv4 as usual, IPv6 in groups of four without the abbreviations; empty: not told. */
  readonly address: string;
  readonly port: number;
}

/** From where to where the message in a datagram went, of one that {@link sipInHep} took. */
export function endsInHep(packet: Buffer): { readonly from: HepEnd; readonly to: HepEnd } {
  const values = new Map<number, Buffer>();
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= packet.length;) {
    const end = at + packet.readUInt16BE(at + 4);
    if (end <= at || end > packet.length) break;
    if (packet.readUInt16BE(at) === 0) {
      values.set(packet.readUInt16BE(at + 2), packet.subarray(at + CHUNK_HEADER_BYTES, end));
    }
    at = end;
  }
  const end = (ipv4: number, ipv6: number, port: number): HepEnd => {
    const four = values.get(ipv4);
    const six = values.get(ipv6)?.toString("hex").match(/.{4}/g)?.join(":");
    const at = values.get(port);
    return {
      address: four === undefined ? (six ?? "") : [...four].join("."),
      port: at?.length === 2 ? at.readUInt16BE(0) : 0,
    };
  };
  return {
    from: end(SOURCE_IPV4, SOURCE_IPV6, SOURCE_PORT),
    to: end(TARGET_IPV4, TARGET_IPV6, TARGET_PORT),
  };
}

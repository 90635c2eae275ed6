/**
 * One datagram of the Homer Encapsulation Protocol, version 3, by which Asterisk's `res_hep` passes on copies of what
 * it hears and says: `HEP3`, the length of all, then chunks of vendor (2 bytes), type (2), length with these six (2)
 * and value.
 */

const HEADER_BYTES = 6;
const CHUNK_HEADER_BYTES = 6;

/** Chunk types of the generic vendor, 0. */
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

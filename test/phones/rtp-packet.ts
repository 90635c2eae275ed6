/** The fixed header of RTP (RFC 3550, section 5.1) and what follows it. */
export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
  /** With a header extension (section 5.3.1), for writing. */
  readonly extended?: boolean;
}

/** One-byte form of RFC 8285, one element of 3 bytes. */
const EXTENSION = Buffer.from([0xbe, 0xde, 0x00, 0x01, 0x12, 0x01, 0x02, 0x03]);

const HEADER_BYTES = 12;

export function writeRtp(packet: RtpPacket): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(packet.extended === true ? 0x90 : 0x80, 0);
  header.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
  header.writeUInt16BE(packet.sequence & 0xffff, 2);
  header.writeUInt32BE(packet.timestamp >>> 0, 4);
  header.writeUInt32BE(packet.ssrc >>> 0, 8);
  return Buffer.concat([header, ...(packet.extended === true ? [EXTENSION] : []), packet.payload]);
}

export function readRtp(bytes: Buffer): RtpPacket | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt8(0) >> 6 !== 2) return undefined;
  const contributors = bytes.readUInt8(0) & 0x0f;
  const second = bytes.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(HEADER_BYTES + 4 * contributors),
  };
}

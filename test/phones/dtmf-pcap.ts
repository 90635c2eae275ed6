import { writeFile } from "node:fs/promises";

import { writeRtp } from "./rtp-packet.js";
import { type KeyTiming, type Loss, planEvents } from "./telephone-events.js";

export interface PcapOptions extends Partial<KeyTiming>, Loss {
  /** RTP payload type of the events. A called telephone must use the one of Asterisk's offer, 101. */
  readonly payloadType?: number;
  /** Before the first key, in ms. */
  readonly startDelayMs?: number;
}

interface TimedRtp {
  readonly atMs: number;
  readonly rtp: Buffer;
}

const SSRC = 0x70686f6e;

/**
 * Writes keys as a capture file for SIPp's `play_pcap_audio`. For load only: SIPp needs raw
 * sockets (root) to play it, and cannot be told when. Tests press keys on an `RtpEndpoint`.
 */
export async function writeKeysPcap(file: string, keys: string, options: PcapOptions = {}): Promise<void> {
  const start = options.startDelayMs ?? 0;
  const packets: TimedRtp[] = [];
  for (const [sequence, packet] of planEvents(keys, options).packets.entries()) {
    const rtp = writeRtp({
      payloadType: options.payloadType ?? 101,
      marker: packet.marker,
      sequence: sequence + 1,
      timestamp: start * 8 + packet.timestamp,
      ssrc: SSRC,
      payload: packet.payload,
    });
    for (let copy = 0; copy < packet.copies; copy += 1) packets.push({ atMs: start + packet.atMs, rtp });
  }
  await writeFile(file, pcap(packets));
}

function pcap(packets: readonly TimedRtp[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20); // LINKTYPE_ETHERNET
  return Buffer.concat([header, ...packets.map(record)]);
}

function record({ atMs, rtp }: TimedRtp): Buffer {
  const frame = ethernetFrame(rtp);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(atMs / 1000), 0);
  header.writeUInt32LE((atMs % 1000) * 1000, 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return Buffer.concat([header, frame]);
}

/** SIPp replaces addresses, ports and checksum by those of the call: only types and lengths matter. */
function ethernetFrame(rtp: Buffer): Buffer {
  const frame = Buffer.alloc(42);
  frame.writeUInt16BE(0x0800, 12); // IPv4
  frame.writeUInt8(0x45, 14);
  frame.writeUInt16BE(28 + rtp.length, 16);
  frame.writeUInt8(64, 22); // time to live
  frame.writeUInt8(17, 23); // UDP
  frame.set([127, 0, 0, 1, 127, 0, 0, 1], 26);
  frame.writeUInt16BE(6000, 34);
  frame.writeUInt16BE(6000, 36);
  frame.writeUInt16BE(8 + rtp.length, 38);
  return Buffer.concat([frame, rtp]);
}

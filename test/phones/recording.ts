/** How G.711 writes samples; Asterisk plays the file of the law that the call has. */
export type Law = "ulaw" | "alaw";

/** A packet of sound as it came off the wire. */
export interface SoundPacket {
  /** Arrival, ms since 1970, with fractions. */
  readonly at: number;
  /** RTP sequence number, and the stream (SSRC) in which it counts. */
  readonly sequence: number;
  readonly stream: number;
  readonly law: Law;
  readonly bytes: Uint8Array;
}

/** Everything heard, one sample after the other in the bytes of the wire, with holes where packets were lost. */
export interface Recording {
  readonly law: Law;
  readonly bytes: Uint8Array;
  /** 1 where the byte of that place arrived. */
  readonly present: Uint8Array;
  /** When sample n was at the telephone, ms since 1970: the first of a packet at its arrival. */
  readonly timeOf: (sample: number) => number;
}

const SAMPLES_PER_MS = 8;
/** What a lost packet held: 20 ms. */
const PACKET = 160;
/** More lost packets than these (10 s) were none: the numbering began anew. */
const MOST_LOST = 500;

interface Place {
  readonly from: number;
  readonly packet: SoundPacket;
}

/**
 * Strings packets together by their sequence numbers, so that loss, doubling and disorder leave each
 * sample in its place. Not by their timestamps: an Asterisk that was held up for a moment goes on with
 * the next sample of the file and makes the timestamp jump. Pauses in sending are left out; `timeOf` knows
 * them. Packets of another law than the first one's are left out too.
 */
export function layOut(packets: readonly SoundPacket[]): Recording {
  const law = packets[0]?.law ?? "ulaw";
  const places: Place[] = [];
  let end = 0;
  for (const { lost, packet } of inOrder(packets.filter((candidate) => candidate.law === law))) {
    end += lost * PACKET;
    places.push({ from: end, packet });
    end += packet.bytes.length;
  }
  const bytes = new Uint8Array(end);
  const present = new Uint8Array(end);
  for (const { from, packet } of places) {
    bytes.set(packet.bytes, from);
    present.fill(1, from, from + packet.bytes.length);
  }
  return { law, bytes, present, timeOf: (sample) => timeIn(places, sample) };
}

/** Each packet once, by its number, and how many were lost before it. */
function inOrder(packets: readonly SoundPacket[]): { lost: number; packet: SoundPacket }[] {
  let last: SoundPacket | undefined;
  let place = 0;
  const placed = packets.map((packet) => {
    // The shorter way round the 16 bits, forward or back.
    const step = last === undefined ? 1 : ((packet.sequence - last.sequence) << 16) >> 16;
    const anew = packet.stream !== last?.stream || Math.abs(step) > MOST_LOST;
    place += anew ? 1 : step;
    last = packet;
    return { place, packet };
  });
  placed.sort((a, b) => a.place - b.place);
  return placed.flatMap((current, n) => {
    const before = placed[n - 1]?.place ?? current.place - 1;
    return current.place === before ? [] : [{ lost: current.place - before - 1, packet: current.packet }];
  });
}

function timeIn(places: readonly Place[], sample: number): number {
  let low = 0;
  for (let high = places.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.from ?? 0) <= sample) low = middle + 1;
    else high = middle;
  }
  const place = places[Math.max(0, low - 1)];
  return place === undefined ? 0 : place.packet.at + (sample - place.from) / SAMPLES_PER_MS;
}

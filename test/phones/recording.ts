/** How G.711 writes samples; Asterisk plays the file of the law that the call has. */
export type Law = "ulaw" | "alaw";

/** A packet of sound as it came off the wire. */
export interface SoundPacket {
  /** Arrival, ms since 1970, with fractions. */
  readonly at: number;
  /** RTP timestamp, in samples; it tells a lost packet from a pause. */
  readonly timestamp: number;
  readonly law: Law;
  readonly bytes: Uint8Array;
}

/** Everything heard on one line of time, in the bytes of the wire, with holes where nothing arrived. */
export interface Recording {
  readonly law: Law;
  readonly bytes: Uint8Array;
  /** 1 where the byte of that place arrived. */
  readonly present: Uint8Array;
  /** When sample n was at the telephone, ms since 1970: the first of a packet at its arrival. */
  readonly timeOf: (sample: number) => number;
}

const SAMPLES_PER_MS = 8;
/** Timestamps and arrivals that disagree by more than this are of two streams (RFC 3550: a new random offset). */
const SAME_STREAM_MS = 1_000;

interface Place {
  readonly from: number;
  readonly at: number;
}

/**
 * Lays packets out in time: by their timestamps, so that loss, doubling and disorder leave each
 * sample in its place; by arrival where a stream begins anew. Packets of another law than the
 * first one's are left out.
 */
export function layOut(packets: readonly SoundPacket[]): Recording {
  const law = packets[0]?.law ?? "ulaw";
  const places: (Place & { readonly packet: SoundPacket })[] = [];
  let base: { from: number; timestamp: number; at: number } | undefined;
  let end = 0;
  for (const packet of packets) {
    if (packet.law !== law) continue;
    base ??= { from: 0, timestamp: packet.timestamp, at: packet.at };
    const samples = (packet.timestamp - base.timestamp) | 0;
    const arrival = (packet.at - base.at) * SAMPLES_PER_MS;
    if (Math.abs(samples - arrival) > SAME_STREAM_MS * SAMPLES_PER_MS) {
      base = { from: Math.max(end, base.from + Math.round(arrival)), ...packet };
    }
    const from = base.from + ((packet.timestamp - base.timestamp) | 0);
    if (from < 0) continue;
    places.push({ from, at: packet.at, packet });
    end = Math.max(end, from + packet.bytes.length);
  }
  const bytes = new Uint8Array(end);
  const present = new Uint8Array(end);
  for (const { from, packet } of places) {
    bytes.set(packet.bytes, from);
    present.fill(1, from, from + packet.bytes.length);
  }
  places.sort((a, b) => a.from - b.from);
  return { law, bytes, present, timeOf: (sample) => timeIn(places, sample) };
}

function timeIn(places: readonly Place[], sample: number): number {
  let low = 0;
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.from ?? 0) <= sample) low = middle + 1;
    else high = middle;
  }
  const place = places[Math.max(0, low - 1)];
  return place === undefined ? 0 : place.at + (sample - place.from) / SAMPLES_PER_MS;
}

/** Keys of a telephone as RTP telephone events (RFC 4733). */

/** The keys in the order of their event codes (RFC 4733, section 3.2). */
export const KEYS = "0123456789*#ABCD";
/** Not a key: the person hesitates. */
export const PAUSE_KEY = ",";
export const PAUSE_MS = 500;

const PACKET_MS = 20;
const UNITS_PER_MS = 8;
const VOLUME_DBM0 = 10;

export interface KeyTiming {
  /** How long a key is held down, in ms. */
  readonly toneMs: number;
  /** Between letting go of one key and pressing the next, in ms. */
  readonly gapMs: number;
  /** Between two packets of one key, in ms; 20 when not given. */
  readonly everyMs?: number;
}

/** What a bad network does to the packets of keys. */
export interface Loss {
  /** Every n-th packet does not arrive (2: every second one). */
  readonly dropEveryNth?: number;
  /** Every n-th packet arrives twice. */
  readonly duplicateEveryNth?: number;
  /** How many of the first packets of each event do not arrive; one that ends it always may. */
  readonly lostStarts?: number;
  /** How many of the three packets that end an event arrive. */
  readonly endPackets?: 0 | 1 | 2 | 3;
}

export interface EventPacket {
  /** When to send it, in ms after the first key goes down. */
  readonly atMs: number;
  /** RTP timestamp of the start of its event, in 1/8000 s after the first key went down. */
  readonly timestamp: number;
  /** Set on the first packet of each event. */
  readonly marker: boolean;
  readonly payload: Uint8Array;
  /** 0: lost on the way, 2: doubled. A lost packet uses up a sequence number all the same. */
  readonly copies: 0 | 1 | 2;
  /** So many packets that are sent after it arrive before it. */
  readonly behind?: number;
  /** Of another stream than the voice: added to its SSRC. */
  readonly ssrcShift?: number;
  readonly extended?: boolean;
}

export interface EventPlan {
  readonly packets: readonly EventPacket[];
  /** From the first key down to the end of the gap after the last one. */
  readonly lengthMs: number;
}

export function timingOf(timing: Partial<KeyTiming>): KeyTiming {
  return { toneMs: timing.toneMs ?? 100, gapMs: timing.gapMs ?? 100 };
}

/** Lays out the packets for a string of keys; times are rounded up to whole packets of 20 ms. */
export function planEvents(keys: string, options: Partial<KeyTiming> & Loss = {}): EventPlan {
  const { toneMs, gapMs } = timingOf(options);
  const everyMs = options.everyMs ?? PACKET_MS;
  const steps = Math.max(1, Math.ceil(toneMs / everyMs));
  const gap = Math.max(1, Math.ceil(gapMs / PACKET_MS)) * PACKET_MS;
  const packets: EventPacket[] = [];
  let now = 0;
  for (const key of keys) {
    if (key === PAUSE_KEY) {
      now += PAUSE_MS;
      continue;
    }
    const event = KEYS.indexOf(key.toUpperCase());
    if (event < 0) throw new RangeError(`no telephone has the key "${key}"; it has ${KEYS}`);
    const timestamp = now * UNITS_PER_MS;
    for (let step = 1; step <= steps; step += 1) {
      const payload = eventPayload(event, step * everyMs, false);
      const copies = step <= (options.lostStarts ?? 0) ? 0 : 1;
      packets.push({ atMs: now, timestamp, marker: step === 1, payload, copies });
      now += everyMs;
    }
    // RFC 4733, section 2.5.1.4: the end is sent three times, lest it be lost.
    const end = eventPayload(event, steps * everyMs, true);
    for (let copy = 1; copy <= 3; copy += 1) {
      const copies = copy <= (options.endPackets ?? 3) ? 1 : 0;
      packets.push({ atMs: now, timestamp, marker: false, payload: end, copies });
    }
    now += gap;
  }
  return { packets: packets.map((packet, index) => suffer(packet, index, options)), lengthMs: now };
}

function suffer(packet: EventPacket, index: number, loss: Loss): EventPacket {
  if (loss.dropEveryNth !== undefined && (index + 1) % loss.dropEveryNth === 0)
    return { ...packet, copies: 0 };
  const doubled = loss.duplicateEveryNth !== undefined && (index + 1) % loss.duplicateEveryNth === 0;
  return doubled && packet.copies === 1 ? { ...packet, copies: 2 } : packet;
}

function eventPayload(event: number, durationMs: number, end: boolean): Uint8Array {
  const payload = Buffer.alloc(4);
  payload.writeUInt8(event, 0);
  payload.writeUInt8((end ? 0x80 : 0) | VOLUME_DBM0, 1);
  // 16 bits are 8.19 s: of a key that is held for longer the length begins anew.
  payload.writeUInt16BE((durationMs * UNITS_PER_MS) & 0xffff, 2);
  return payload;
}

/** Reads a received event payload; for telephones that listen for keys themselves. */
export function readEvent(
  payload: Uint8Array,
): { key: string; end: boolean; durationMs: number } | undefined {
  const [event, flags, high, low] = payload;
  if (event === undefined || flags === undefined || high === undefined || low === undefined) return undefined;
  const key = KEYS[event];
  if (key === undefined) return undefined;
  return { key, end: (flags & 0x80) !== 0, durationMs: (high * 256 + low) / UNITS_PER_MS };
}

import { dtmfTones } from "../phones/dtmf-tones.js";
import type { Manner } from "../phones/rtp-endpoint.js";
import {
  type EventPacket,
  type EventPlan,
  type KeyTiming,
  type Loss,
  PAUSE_KEY,
} from "../phones/telephone-events.js";
import type { KeyWay } from "./key-ways.js";

/** A key alone, without its pause. */
const CLOSE = { toneMs: 100, gapMs: 20, beside: "voice" } as const;

/** Two and a half seconds: nobody keys before that, and whether a stream is newer than its call is told by its age. */
const GREETING = PAUSE_KEY.repeat(5);

/** A packet of an event, and its place among those of its key. */
type Bend = (packet: EventPacket, nthOfKey: number, nth: number) => EventPacket | null;

function bent(bend: Bend): NonNullable<Manner["bend"]> {
  return ({ packets, lengthMs }: EventPlan): EventPlan => {
    let nthOfKey = 0;
    const changed = packets.map((packet, nth) => {
      nthOfKey = packet.marker ? 0 : nthOfKey + 1;
      return bend(packet, nthOfKey, nth);
    });
    return { packets: changed.filter((packet) => packet !== null), lengthMs };
  };
}

function odd(name: string, options: Partial<KeyTiming> & Loss & Manner, more: Partial<KeyWay> = {}): KeyWay {
  const { toneMs = 100, gapMs = 100 } = options;
  return {
    name,
    scenario: "answers-at-once",
    press: (phone, keys) => phone.press(keys, options),
    keyMs: toneMs + gapMs,
    ...more,
  };
}

function isEnd({ payload }: EventPacket): boolean {
  return ((payload[1] ?? 0) & 0x80) !== 0;
}

function withPayload(packet: EventPacket, change: (payload: Buffer) => void): EventPacket {
  const payload = Buffer.from(packet.payload);
  change(payload);
  return { ...packet, payload };
}

function volume(dBm0: number): NonNullable<Manner["bend"]> {
  return bent((packet) =>
    withPayload(packet, (payload) => {
      payload.writeUInt8((payload.readUInt8(1) & 0xc0) | dBm0, 1);
    }),
  );
}

/** The second and third end come so many ms after the one before. */
function spreadEnds(ms: number): NonNullable<Manner["bend"]> {
  let ends = 0;
  return bent((packet) => {
    ends = isEnd(packet) ? ends + 1 : 0;
    return { ...packet, atMs: packet.atMs + Math.max(0, ends - 1) * ms };
  });
}

/** RFC 4733, section 2.5.1.3: a long event goes on as another one, with a timestamp of its own. */
function segmented(unitsOfSegment: number): NonNullable<Manner["bend"]> {
  return bent((packet, nthOfKey) => {
    const units = (isEnd(packet) ? nthOfKey : nthOfKey + 1) * 160;
    const segment = Math.floor((units - 1) / unitsOfSegment);
    const change = (payload: Buffer): void => {
      payload.writeUInt16BE(units - segment * unitsOfSegment, 2);
    };
    return { ...withPayload(packet, change), timestamp: packet.timestamp + segment * unitsOfSegment };
  });
}

/** Each key by SIP INFO too: as it goes down, or as soon as it is lifted. */
function withInfo(
  name: string,
  press: KeyWay["press"],
  when: "at once" | "at its end",
  events: boolean,
): KeyWay {
  return {
    name,
    scenario: "answers-and-keys-by-sip-info",
    answering: { telephoneEvents: events },
    press: async (phone, keys) => {
      for (const key of keys) {
        const pressed = press(phone, key);
        if (when === "at its end") await pressed;
        await Promise.all([pressed, phone.press(key)]);
        await phone.pressAsEvents(PAUSE_KEY);
      }
    },
    keyMs: 700,
  };
}

/** Telephone events as peers of the field send them, and keys that come by more ways than one. */
export const ODD_MANNERS: readonly KeyWay[] = [
  odd("no marker bit", { bend: bent((packet) => ({ ...packet, marker: false })) }),
  odd("marker bit on every packet", { bend: bent((packet) => ({ ...packet, marker: true })) }),
  odd("an RTP timestamp for every packet, the ends included", {
    bend: bent((packet, nth) => ({ ...packet, timestamp: packet.timestamp + nth * 160 })),
  }),
  odd("a third end with a new RTP timestamp", {
    bend: thirdEnd((packet) => ({ ...packet, timestamp: packet.timestamp + 960 })),
  }),
  {
    ...odd("an SSRC for every packet", {}),
    press: (phone, keys) =>
      phone.press(`${GREETING}${keys}`, {
        bend: bent((packet, _, nth) => ({ ...packet, ssrcShift: nth + 1 })),
      }),
  },
  odd("an SSRC of its own for the keys", { bend: bent((packet) => ({ ...packet, ssrcShift: 7 })) }),
  odd("held for 1.6 s, only begin and end told, voice beside", {
    toneMs: 1_600,
    gapMs: 200,
    beside: "voice",
    bend: bent((packet, nth) => (nth === 0 || isEnd(packet) ? packet : null)),
  }),
  odd("held for 3 s, told once a second, voice beside", {
    toneMs: 3_000,
    gapMs: 200,
    beside: "voice",
    bend: bent((packet, nth) => (nth % 50 === 0 || isEnd(packet) ? packet : null)),
  }),
  odd("held for 6 s", { toneMs: 6_000, gapMs: 200 }, { keysAtMost: 4 }),
  odd("held for 10 s, its length begun anew", { toneMs: 10_000, gapMs: 200 }, { keysAtMost: 3 }),
  odd(
    "held for 10 s, in segments",
    { toneMs: 10_000, gapMs: 200, bend: segmented(64_000) },
    { keysAtMost: 3 },
  ),
  odd("lengths of zero", {
    bend: bent((packet) => withPayload(packet, (payload) => payload.writeUInt16BE(0, 2))),
  }),
  odd("volume 0", { bend: volume(0) }),
  odd("volume 63", { bend: volume(63) }),
  odd("the reserved bit set", {
    bend: bent((packet) =>
      withPayload(packet, (payload) => {
        payload.writeUInt8(payload.readUInt8(1) | 0x40, 1);
      }),
    ),
  }),
  odd("a packet every 50 ms", { everyMs: 50 }),
  odd("the ends 20 ms apart", { bend: spreadEnds(20) }),
  odd("the ends 40 ms apart", { bend: spreadEnds(40) }),
  odd("no end at all, 500 ms apart", { endPackets: 0, gapMs: 500 }),
  odd("comfort noise between", { between: "comfort noise" }),
  odd("nothing between", { between: "nothing" }),
  odd("a header extension", { bend: bent((packet) => ({ ...packet, extended: true })) }),
  odd("the letters A to D between", {}, { press: (phone, keys) => phone.press(withLetters(keys)) }),
  odd("tones beside the events", { beside: "tones" }),
  withInfo(
    "telephone events and SIP INFO at once",
    (phone, key) => phone.pressAsEvents(key, CLOSE),
    "at once",
    true,
  ),
  withInfo(
    "telephone events, SIP INFO at their end",
    (phone, key) => phone.pressAsEvents(key, CLOSE),
    "at its end",
    true,
  ),
  withInfo(
    "tones, telephone events and SIP INFO",
    (phone, key) => phone.pressAsEvents(key, { ...CLOSE, beside: "tones" }),
    "at once",
    true,
  ),
  withInfo("tones and SIP INFO at once", (phone, key) => phone.say(dtmfTones(key, CLOSE)), "at once", false),
  withInfo(
    "tones, SIP INFO at their end",
    (phone, key) => phone.say(dtmfTones(key, CLOSE)),
    "at its end",
    false,
  ),
];

function thirdEnd(change: (packet: EventPacket) => EventPacket): NonNullable<Manner["bend"]> {
  let ends = 0;
  return bent((packet) => {
    ends = isEnd(packet) ? ends + 1 : 0;
    return ends === 3 ? change(packet) : packet;
  });
}

function withLetters(keys: string): string {
  return Array.from(keys, (key, n) => `${key}${"ABCD"[n % 4] ?? ""}`).join("");
}

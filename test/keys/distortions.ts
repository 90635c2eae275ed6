import type { Manner } from "../phones/rtp-endpoint.js";
import type { SippPhone } from "../phones/sipp.js";
import type { EventPacket, KeyTiming, Loss } from "../phones/telephone-events.js";
import type { KeyWay } from "./key-ways.js";

/** What becomes of a packet on its way. */
type Way = (place: Place) => Partial<Pick<EventPacket, "behind" | "copies">>;

interface Place {
  /** The packet's key, from 0. */
  readonly key: number;
  /** The packet among those of its key that are no end, from 0; -1 when it is an end. */
  readonly step: number;
  /** The packet among the ends of its key, from 0; -1 when it is none. */
  readonly end: number;
}

function delivered(way: Way): NonNullable<Manner["bend"]> {
  return ({ packets, lengthMs }) => {
    let place: Place = { key: -1, step: -1, end: -1 };
    return {
      packets: packets.map((packet) => {
        place = nextPlace(place, packet);
        return { ...packet, ...way(place) };
      }),
      lengthMs,
    };
  };
}

function nextPlace({ key, step, end }: Place, { marker, payload }: EventPacket): Place {
  if (marker) return { key: key + 1, step: 0, end: -1 };
  if (((payload[1] ?? 0) & 0x80) !== 0) return { key, step: -1, end: end + 1 };
  return { key, step: step + 1, end: -1 };
}

function way(name: string, options: Partial<KeyTiming> & Loss & Manner, keyMs = 200): KeyWay {
  return {
    name,
    scenario: "answers-at-once",
    press: (phone, keys) => phone.press(keys, options),
    keyMs,
  };
}

/** @param every so many keys at a time wait on the way for so long. */
export function bunched(
  name: string,
  every: number,
  ms: number,
  options: Partial<KeyTiming> & Loss & Manner = {},
): KeyWay {
  const press = async (phone: SippPhone, keys: string): Promise<void> => {
    for (let from = 0; from < keys.length; from += every) {
      phone.stall(ms);
      await phone.press(keys.slice(from, from + every), options);
    }
  };
  return { ...way(name, options), press };
}

const QUICK = { toneMs: 60, gapMs: 60 };
/** Packets of voice and events from the end of a key to the beginning of the next, and one more. */
const OVERTAKEN = { behind: 7 };
const QUICK_OVERTAKEN = { behind: 5 };

function endsLate(late: Pick<EventPacket, "behind">, which = (end: number): boolean => end >= 0): Manner {
  return { bend: delivered(({ end }) => (which(end) ? late : {})) };
}

export const ENDS_OVERTAKEN = way("every end overtaken by the next key", endsLate(OVERTAKEN));

export const DISTORTIONS: readonly KeyWay[] = [
  bunched("a key held up for 100 ms", 1, 100),
  bunched("a key held up for 200 ms", 1, 200),
  bunched("two keys held up for 400 ms", 2, 400),
  bunched("three keys held up for 600 ms", 3, 600),
  bunched("six keys held up for 1,200 ms", 6, 1_200),
  bunched("six keys held up for 2,000 ms", 6, 2_000),
  bunched("six quick keys held up for 720 ms", 6, 720, QUICK),
  bunched("six quick keys with voice held up for 720 ms", 6, 720, { ...QUICK, beside: "voice" }),
  {
    ...bunched("six keys of different lengths held up for 2,000 ms", 6, 2_000),
    press: async (phone: SippPhone, keys: string): Promise<void> => {
      for (const [nth, key] of Array.from(keys).entries()) {
        if (nth % 6 === 0) phone.stall(2_000);
        await phone.press(key, { toneMs: 60 + ((nth * 140) % 400), gapMs: 120, beside: "voice" });
      }
    },
  },
  way("reordered within a key", { bend: delivered(({ step }) => ({ behind: step === 1 ? 2 : 0 })) }),
  way("its beginning last but for the ends", {
    bend: delivered(({ step }) => ({ behind: step === 0 ? 4 : 0 })),
  }),
  way("every end late", endsLate({ behind: 2 })),
  way("the first end late, others lost", {
    bend: delivered(({ end }) => (end > 0 ? { copies: 0 } : { behind: end === 0 ? 2 : 0 })),
  }),
  ENDS_OVERTAKEN,
  way("every end of quick keys overtaken by the next", { ...QUICK, ...endsLate(QUICK_OVERTAKEN) }),
  way(
    "the second and third end overtaken by the next key",
    endsLate(OVERTAKEN, (end) => end > 0),
  ),
  way("one end overtaken by the next key, others lost", {
    bend: delivered(({ end }) => (end > 0 ? { copies: 0 } : end === 0 ? OVERTAKEN : {})),
  }),
  way("all of every other key overtaken by the beginning of the next", {
    bend: delivered(({ key }) => (key % 2 === 1 ? OVERTAKEN : {})),
  }),
  way("every packet twice, some late", {
    bend: delivered(({ step }) => ({ copies: 2, behind: step === 2 ? 2 : 0 })),
  }),
  way("every packet twice, ends overtaken by the next key", {
    bend: delivered(({ end }) => ({ copies: 2, ...(end >= 0 ? OVERTAKEN : {}) })),
  }),
  bunched("six keys held up for 1,200 ms, ends overtaken by the next", 6, 1_200, endsLate(OVERTAKEN)),
  bunched("six keys held up for 1,200 ms, every third packet lost", 6, 1_200, { dropEveryNth: 3 }),
  bunched("six keys held up for 1,200 ms, every packet twice", 6, 1_200, {
    bend: delivered(() => ({ copies: 2 })),
  }),
];

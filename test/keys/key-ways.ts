import { dtmfTones } from "../phones/dtmf-tones.js";
import type { AnsweringScenario } from "../phones/scenario.js";
import type { AnsweringOptions, SippPhone } from "../phones/sipp.js";
import type { KeyTiming, Loss } from "../phones/telephone-events.js";

/** One way in which keys come to us. */
export interface KeyWay {
  /** Names it in tables and in the titles of tests. */
  readonly name: string;
  readonly scenario: AnsweringScenario;
  readonly answering?: Pick<AnsweringOptions, "telephoneEvents">;
  /** Resolves when the last key is let go. */
  readonly press: (phone: SippPhone, keys: string) => Promise<void>;
  /** About how long a key takes, ms. */
  readonly keyMs: number;
  /** So many keys a call, lest it take minutes. */
  readonly keysAtMost?: number;
}

function events(
  name: string,
  { toneMs = 100, gapMs = 100, ...loss }: Partial<KeyTiming> & Loss = {},
): KeyWay {
  return {
    name: `telephone events, ${name}`,
    scenario: "answers-at-once",
    press: (phone, keys) => phone.press(keys, { toneMs, gapMs, ...loss }),
    keyMs: toneMs + gapMs,
  };
}

function tones(toneMs: number, gapMs: number): KeyWay {
  return {
    name: `tones in the sound, ${toneMs} ms and ${gapMs} ms apart`,
    scenario: "answers-and-keys-by-sip-info",
    press: (phone, keys) => phone.say(dtmfTones(keys, { toneMs, gapMs })),
    keyMs: toneMs + gapMs,
  };
}

/** Six keys at a time wait on the way. */
async function pressHeldUp(phone: SippPhone, keys: string): Promise<void> {
  for (let from = 0; from < keys.length; from += 6) {
    phone.stall(400);
    await phone.press(keys.slice(from, from + 6));
  }
}

/** RFC 4733 as it should be, and as networks deliver it; then SIP INFO; then what has neither. */
export const KEY_WAYS: readonly KeyWay[] = [
  events("100 ms and 100 ms apart"),
  events("40 ms and 40 ms apart", { toneMs: 40, gapMs: 40 }),
  events("every packet twice", { duplicateEveryNth: 1 }),
  events("40 ms, every packet twice", { toneMs: 40, gapMs: 40, duplicateEveryNth: 1 }),
  events("the first three packets lost", { lostStarts: 3 }),
  events("all but the ends lost", { lostStarts: 5 }),
  events("two of the three ends lost", { endPackets: 1 }),
  events("40 ms, two of the three ends lost", { toneMs: 40, gapMs: 40, endPackets: 1 }),
  events("every third packet lost", { dropEveryNth: 3 }),
  { ...events("held up for 400 ms, then all at once"), press: pressHeldUp },
  {
    name: "SIP INFO, each sent when the last was answered",
    scenario: "answers-and-keys-by-sip-info",
    press: (phone, keys) => phone.press(keys),
    keyMs: 60,
  },
  tones(100, 100),
  tones(50, 50),
  tones(40, 40),
];

import { encodeUlaw, ULAW_SILENCE } from "./g711.js";
import { type KeyTiming, KEYS, PAUSE_KEY, PAUSE_MS, timingOf } from "./telephone-events.js";

/** Row and column frequencies in Hz of ITU-T Q.23, in the order of `KEYS`. */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYPAD = "123A456B789C*0#D";
const SAMPLES_PER_MS = 8;
const AMPLITUDE = 9000;

/** The keys as audible tones (mu-law, 8 kHz): for networks that carry no telephone events. */
export function dtmfTones(keys: string, timing: Partial<KeyTiming> = {}): Uint8Array {
  const { toneMs, gapMs } = timingOf(timing);
  const pieces = Array.from(keys, (key) => {
    if (key === PAUSE_KEY) return silence(PAUSE_MS);
    return Buffer.concat([tone(key, toneMs), silence(gapMs)]);
  });
  return Buffer.concat(pieces);
}

function tone(key: string, ms: number): Uint8Array {
  const place = KEYPAD.indexOf(key.toUpperCase());
  if (place < 0) throw new RangeError(`no telephone has the key "${key}"; it has ${KEYS}`);
  const row = ROWS[Math.floor(place / 4)] ?? 0;
  const column = COLUMNS[place % 4] ?? 0;
  const sample = (_: unknown, n: number): number => {
    const seconds = n / 8000;
    return AMPLITUDE * (Math.sin(2 * Math.PI * row * seconds) + Math.sin(2 * Math.PI * column * seconds));
  };
  return encodeUlaw(Int16Array.from({ length: ms * SAMPLES_PER_MS }, sample));
}

function silence(ms: number): Uint8Array {
  return new Uint8Array(ms * SAMPLES_PER_MS).fill(ULAW_SILENCE);
}

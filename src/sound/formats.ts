import { encodeAlaw, encodeUlaw } from "./g711.js";
import { SOUND } from "./sound.js";
import { writeWave } from "./wave.js";

/**
 * The formats that are kept. Asterisk picks by extension what is cheapest for the channel: ulaw or alaw is sent
 * as it lies on the disk. wav is for people, editors and channels with another codec.
 */
export const FORMATS = ["ulaw", "alaw", "wav"] as const;
export type Format = (typeof FORMATS)[number];

/** Rounds to 16 bits once, so that all formats start from the same numbers. */
export function toPcm16(samples: Float64Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32768))));
}

/** Samples between -1 and 1. */
export function fromPcm16(pcm: Int16Array): Float64Array {
  return Float64Array.from(pcm, (sample) => sample / 32768);
}

/** The bytes of a sound file. */
export function encode(pcm: Int16Array, format: Format): Buffer {
  switch (format) {
    case "ulaw":
      return encodeUlaw(pcm);
    case "alaw":
      return encodeAlaw(pcm);
    case "wav":
      return writeWave({ rate: SOUND.sampleRate, pcm });
  }
}

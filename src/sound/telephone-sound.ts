import { type Loudness, measure } from "./loudness.js";
import { toPcm16 } from "./formats.js";
import { appendSilence, fade, level, trim } from "./shaping.js";
import { SOUND } from "./sound.js";
import { toTelephoneBand } from "./telephone-band.js";

/** A sentence ends with a pause, so that the next may follow at once; a word does not. */
export type SpokenKind = "sentence" | "word";

/** A prompt's sound as it goes to the telephone. */
export interface TelephoneSound {
  /** 8 kHz */
  readonly pcm: Int16Array;
  /** Of the speech without the pause after it: that belongs to the sequence. */
  readonly loudness: Loudness;
}

/**
 * Makes any speech a prompt: within the telephone band, without silence around it, at the level of all others.
 *
 * @param samples between -1 and 1.
 * @param rate Hz, a multiple of 8000.
 * @returns null when there is no sound in it.
 */
export function telephoneSound(samples: Float64Array, rate: number, kind: SpokenKind): TelephoneSound | null {
  return finishSound(toTelephoneBand(samples, rate), kind);
}

/** The same from what is within the telephone band already. */
export function finishSound(band: Float64Array, kind: SpokenKind): TelephoneSound | null {
  const heard = trim(band);
  if (heard === null) return null;
  const speech = level(fade(heard));
  const pause = kind === "sentence" ? SOUND.afterSentenceMs : 0;
  return { pcm: toPcm16(appendSilence(speech, pause)), loudness: measure(speech) };
}

export function durationMs(pcm: Int16Array): number {
  return Math.round((pcm.length * 1000) / SOUND.sampleRate);
}

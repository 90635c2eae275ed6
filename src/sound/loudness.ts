import { SOUND, decibels } from "./sound.js";

export interface Loudness {
  /** dBov; the speech without its pauses, by ITU-T P.56 method B. */
  readonly activeLevel: number;
  /** dBFS over the whole sound, pauses included. */
  readonly rms: number;
  /** dBFS */
  readonly peak: number;
}

/** The constants of ITU-T P.56: smoothing, how long a pause still counts as speech, and the margin. */
const TIME_CONSTANT_S = 0.03;
const HANGOVER_S = 0.2;
const MARGIN_DB = 15.9;
const THRESHOLDS = 15;

/**
 * The active speech level: the power of the speech over the time in which there is speech. The plain RMS would
 * make a sentence with long pauses louder than one without.
 * For each of a row of thresholds, halving each time, one counts how long the envelope stays above it; the level
 * is read where the mean power over that time lies 15.9 dB above the threshold.
 */
function activeSpeechLevel(samples: Float64Array): number {
  const smoothing = Math.exp(-1 / (SOUND.sampleRate * TIME_CONSTANT_S));
  const hangover = Math.round(HANGOVER_S * SOUND.sampleRate);
  const activeFor = new Array<number>(THRESHOLDS).fill(0);
  const quietFor = new Array<number>(THRESHOLDS).fill(hangover);
  let energy = 0;
  let inner = 0;
  let envelope = 0;
  for (const sample of samples) {
    energy += sample * sample;
    inner = smoothing * inner + (1 - smoothing) * Math.abs(sample);
    envelope = smoothing * envelope + (1 - smoothing) * inner;
    for (let j = 0; j < THRESHOLDS; j += 1) {
      const quiet = envelope >= 2 ** (j - THRESHOLDS) ? 0 : (quietFor[j] ?? hangover) + 1;
      quietFor[j] = quiet;
      if (quiet < hangover) activeFor[j] = (activeFor[j] ?? 0) + 1;
    }
  }
  let before: { level: number; margin: number } | undefined;
  for (let j = 0; j < THRESHOLDS; j += 1) {
    const count = activeFor[j] ?? 0;
    if (count === 0) break;
    const level = 10 * Math.log10(energy / count);
    const margin = level - decibels(2 ** (j - THRESHOLDS));
    if (margin <= MARGIN_DB) {
      if (before === undefined) return level;
      const part = (before.margin - MARGIN_DB) / (before.margin - margin);
      return before.level + part * (level - before.level);
    }
    before = { level, margin };
  }
  return before?.level ?? decibels(0);
}

/** Measures sound whose samples lie between -1 and 1. */
export function measure(samples: Float64Array): Loudness {
  let energy = 0;
  let peak = 0;
  for (const sample of samples) {
    energy += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return {
    activeLevel: activeSpeechLevel(samples),
    rms: decibels(Math.sqrt(energy / Math.max(samples.length, 1))),
    peak: decibels(peak),
  };
}

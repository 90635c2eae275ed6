import { measure } from "./loudness.js";
import { SOUND, decibels, ratioOf, samplesIn } from "./sound.js";

/** Frame by which speech is told from silence: short enough to see the burst of a "t". */
const FRAME_MS = 5;

function frameLevels(samples: Float64Array): number[] {
  const frame = samplesIn(FRAME_MS);
  const levels: number[] = [];
  for (let start = 0; start < samples.length; start += frame) {
    let energy = 0;
    const end = Math.min(start + frame, samples.length);
    for (let i = start; i < end; i += 1) energy += (samples[i] ?? 0) ** 2;
    levels.push(decibels(Math.sqrt(energy / (end - start))));
  }
  return levels;
}

/**
 * Cuts the silence at both ends down to `leadMs` and `tailMs`, and makes up silence where there is less.
 *
 * @returns null when there is no sound at all.
 */
export function trim(samples: Float64Array): Float64Array | null {
  const levels = frameLevels(samples);
  const threshold = Math.max(...levels) - SOUND.silenceBelowPeak;
  const isSound = (level: number): boolean => level > threshold && level > -90;
  const first = levels.findIndex(isSound);
  if (first < 0) return null;
  const last = levels.findLastIndex(isSound);
  const from = first * samplesIn(FRAME_MS) - samplesIn(SOUND.leadMs);
  const to = (last + 1) * samplesIn(FRAME_MS) + samplesIn(SOUND.tailMs);
  return Float64Array.from({ length: to - from }, (_, i) => samples[from + i] ?? 0);
}

/** Raised-cosine fades at both ends. */
export function fade(samples: Float64Array): Float64Array {
  const length = samplesIn(SOUND.fadeMs);
  return samples.map((sample, i) => {
    const toEdge = Math.min(i, samples.length - 1 - i);
    return toEdge >= length ? sample : sample * 0.5 * (1 - Math.cos((Math.PI * toEdge) / length));
  });
}

export function appendSilence(samples: Float64Array, ms: number): Float64Array {
  const longer = new Float64Array(samples.length + samplesIn(ms));
  longer.set(samples);
  return longer;
}

/**
 * Holds every sample under the ceiling by turning the gain down around a peak, 4 ms ahead of it and 40 ms back up,
 * instead of cutting the wave off: clipping is heard as a rasp, this is not.
 */
function limit(samples: Float64Array): Float64Array {
  const ceiling = ratioOf(SOUND.peakCeiling);
  const ahead = samplesIn(4);
  const release = Math.exp(-1 / samplesIn(40));
  const allowed = samples.map((sample) => Math.min(1, ceiling / Math.max(Math.abs(sample), 1e-9)));
  // The lowest gain that any of the next samples will need, reached in a straight line.
  const attack = new Float64Array(samples.length).fill(1);
  allowed.forEach((gain, at) => {
    if (gain >= 1) return;
    for (let back = 0; back <= ahead && back <= at; back += 1) {
      const ramp = gain + ((1 - gain) * back) / (ahead + 1);
      attack[at - back] = Math.min(attack[at - back] ?? 1, ramp);
    }
  });
  let gain = 1;
  return samples.map((sample, i) => {
    gain = Math.min(attack[i] ?? 1, 1 - (1 - gain) * release);
    return sample * gain;
  });
}

/**
 * Brings speech to the one level that all prompts share. The limiter takes a little of the level away, so gain and
 * limiter are tried together a few times; the rest of the error is below 0.1 dB.
 */
export function level(samples: Float64Array): Float64Array {
  let gainDb = SOUND.activeLevel - measure(samples).activeLevel;
  let result = samples;
  for (let round = 0; round < 6; round += 1) {
    const gain = ratioOf(gainDb);
    result = limit(samples.map((sample) => sample * gain));
    const error = SOUND.activeLevel - measure(result).activeLevel;
    if (Math.abs(error) < 0.05) break;
    gainDb += error;
  }
  return result;
}

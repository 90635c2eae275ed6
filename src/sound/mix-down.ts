/**
 * The energy of the mix below which the channels are taken to cancel each other: 9 dB under the louder one. Of a
 * recording with speech on one side only the mix lies 6 dB under, of two unlike sides 3.
 */
const CANCELED = 1 / 8;

/**
 * One channel of one or two. Usually their mean; where they cancel (one was connected the wrong way round, and the mean
 * is silence) the louder one.
 *
 * @param samples of each moment one after the other, as WAV files have them.
 */
export function mixDown(samples: Float64Array, channels: number): Float64Array {
  if (channels === 1) return samples;
  const length = Math.floor(samples.length / channels);
  const each = Array.from({ length: channels }, (_, channel) =>
    Float64Array.from({ length }, (__, i) => samples[i * channels + channel] ?? 0),
  );
  const mix = Float64Array.from({ length }, (_, i) => {
    let sum = 0;
    for (const channel of each) sum += channel[i] ?? 0;
    return sum / channels;
  });
  const louder = each.reduce((best, channel) => (energyOf(channel) > energyOf(best) ? channel : best), mix);
  return energyOf(mix) < energyOf(louder) * CANCELED ? louder : mix;
}

function energyOf(samples: Float64Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

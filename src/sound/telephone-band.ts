import { SOUND } from "./sound.js";

/** dB by which what lies above the band is held down; 16 bits reach 96. */
const STOP_BAND_DB = 96;

/**
 * Resamples sound to 8 kHz within the telephone band.
 *
 * @param samples between -1 and 1.
 * @param rate Hz, a multiple of 8000: 48000 of recordings and of the Japanese voice, 16000 of the English one.
 */
export function toTelephoneBand(samples: Float64Array, rate: number): Float64Array {
  if (rate % SOUND.sampleRate !== 0) throw new RangeError(`${rate} Hz is no multiple of ${SOUND.sampleRate}`);
  return decimate(highPass(highPass(samples, rate), rate), rate);
}

/** Second-order Butterworth high-pass (R. Bristow-Johnson's cookbook, Q = 1/√2). */
function highPass(samples: Float64Array, rate: number): Float64Array {
  const w = (2 * Math.PI * SOUND.highPass) / rate;
  const alpha = Math.sin(w) / Math.SQRT2;
  const b = (1 + Math.cos(w)) / 2 / (1 + alpha);
  const a1 = (-2 * Math.cos(w)) / (1 + alpha);
  const a2 = (1 - alpha) / (1 + alpha);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return samples.map((x) => {
    const y = b * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

/** Low-pass by a symmetric filter, so that no frequency is delayed against another, then every n-th sample. */
function decimate(samples: Float64Array, rate: number): Float64Array {
  const factor = rate / SOUND.sampleRate;
  const kernel = lowPass(rate);
  const half = (kernel.length - 1) / 2;
  const result = new Float64Array(Math.ceil(samples.length / factor));
  for (let n = 0; n < result.length; n += 1) {
    const first = n * factor - half;
    const from = Math.max(0, -first);
    const to = Math.min(kernel.length, samples.length - first);
    let sum = 0;
    for (let k = from; k < to; k += 1) sum += (kernel[k] ?? 0) * (samples[first + k] ?? 0);
    result[n] = sum;
  }
  return result;
}

/** Windowed sinc by J. F. Kaiser's formulae: flat to the edge of the band, silent from 4 kHz on. */
function lowPass(rate: number): Float64Array {
  const nyquist = SOUND.sampleRate / 2;
  const pass = (nyquist * SOUND.passBandPercent) / 100;
  const transition = (2 * Math.PI * (nyquist - pass)) / rate;
  const half = Math.ceil((STOP_BAND_DB - 8) / (2.285 * transition) / 2);
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);
  const cut = (pass + nyquist) / 2 / rate;
  const kernel = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = i - half;
    const sinc = t === 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * t) / (Math.PI * t);
    return sinc * bessel(beta * Math.sqrt(1 - (t / half) ** 2));
  });
  const gain = kernel.reduce((sum, value) => sum + value, 0);
  return kernel.map((value) => value / gain);
}

/** Modified Bessel function of the first kind, order zero, by its series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}

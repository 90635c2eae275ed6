/** Where the harmonics lie, Hz: inside the telephone band, and well above the edge where its filter turns phases. */
const LOWEST = 900;
const HIGHEST = 3200;
const SYLLABLE_S = 0.18;

/**
 * Sound with the rhythm and the spectrum of speech: voiced syllables of changing pitch and vowel. Each seed has
 * a sound of its own, the same at every rate.
 *
 * @returns samples between -1 and 1, the loudest at `peak`.
 */
export function speechLike(seed: number, seconds: number, rate: number, peak = 0.5): Float64Array {
  const key = `${seed} ${seconds} ${rate} ${peak}`;
  const samples = made.get(key) ?? speak(seed, seconds, rate, peak);
  made.set(key, samples);
  return samples.slice();
}

const made = new Map<string, Float64Array>();

function speak(seed: number, seconds: number, rate: number, peak: number): Float64Array {
  const random = randomFrom(seed);
  const syllables = Array.from({ length: Math.ceil(seconds / SYLLABLE_S) }, () => ({
    pitch: 110 + 110 * random(),
    vowels: [500 + 500 * random(), 1000 + 1500 * random()],
    loudness: 0.5 + 0.5 * random(),
  }));
  const samples = Float64Array.from({ length: Math.floor(seconds * rate) }, (_, i) => {
    const t = i / rate;
    const at = Math.floor(t / SYLLABLE_S);
    const syllable = syllables[at];
    if (syllable === undefined) return 0;
    const { pitch, vowels, loudness } = syllable;
    const within = t - at * SYLLABLE_S;
    const swell = Math.sin((Math.PI * within) / SYLLABLE_S) ** 0.7;
    let sum = 0;
    // M. R. Schroeder's phases: without them all harmonics peak at once, and the limiter has to act.
    const harmonics = (HIGHEST - LOWEST) / pitch;
    for (let k = Math.ceil(LOWEST / pitch); k * pitch < HIGHEST; k += 1) {
      const near = vowels.reduce((gain, vowel) => gain + 1 / (1 + ((k * pitch - vowel) / 150) ** 2), 0.02);
      sum += near * Math.sin(2 * Math.PI * k * pitch * within + (Math.PI * k * k) / harmonics);
    }
    return loudness * swell * sum;
  });
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return samples.map((sample) => (sample * peak) / loudest);
}

/** Best correlation of two sounds over all shifts up to so many samples; 1: the same but for loudness. */
export function likeness(a: Float64Array, b: Float64Array, shifts = 1000): number {
  let best = { shift: 0, likeness: -1 };
  for (let shift = -shifts; shift <= shifts; shift += 1) {
    // A seventh of the samples finds the shift: the sound repeats itself in no such steps.
    const roughly = likenessAt(a, b, shift, 7);
    if (roughly > best.likeness) best = { shift, likeness: roughly };
  }
  return likenessAt(a, b, best.shift, 1);
}

function likenessAt(a: Float64Array, b: Float64Array, shift: number, every: number): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = Math.max(0, -shift); i < Math.min(a.length, b.length - shift); i += every) {
    const [x, y] = [a[i]!, b[i + shift]!];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

import type { Heard } from "./heard.js";

/**
 * Understands what was said, by comparing it with the recordings that it is made of. Codes are spelled
 * from a few dozen of them, which one voice has spoken and which sound alike, so a recording counts
 * only when no other comes near it.
 */

const RATE = 8000;
/** Of every so many samples one: the vowels, which tell words apart, lie below 1 kHz. */
const DECIMATION = 4;
/** Correlation from which a recording was heard. The most alike, an English B and V, come to 0.90. */
const LIKE = 0.9;
/** By how much the best must be more alike than the next. */
const MARGIN = 0.05;
/** The longest silence inside what is spelled is 0.8 s; each recording brings a little of its own. */
const GAP_MS = 1_100;

export type Recordings = ReadonlyMap<string, Int16Array>;

/** One recording, heard. */
interface Match {
  readonly name: string;
  /** Samples, decimated. */
  readonly begin: number;
  readonly end: number;
  readonly score: number;
}

/** The sound that arrived, without the pauses in arrival: a slow machine tears no word. */
export class Recording {
  readonly #samples: Float32Array;

  constructor(heard: Heard) {
    const packets = heard.packets.map((packet) => packet.pcm);
    const pcm = new Int16Array(packets.reduce((sum, packet) => sum + packet.length, 0));
    let at = 0;
    for (const packet of packets) {
      pcm.set(packet, at);
      at += packet.length;
    }
    this.#samples = decimate(pcm);
  }

  /** Where a recording was heard from `fromMs` on: its end, in ms; undefined when it was not. */
  endOf(recording: Int16Array, fromMs = 0): number | undefined {
    const piece = trimmed(decimate(recording));
    const match = this.#find("", piece, samplesOf(fromMs), this.#samples.length);
    return match === undefined ? undefined : msOf(match.end);
  }

  /** How often a recording was heard. */
  count(recording: Int16Array): number {
    let times = 0;
    for (let end = this.endOf(recording); end !== undefined; end = this.endOf(recording, end)) times += 1;
    return times;
  }

  /**
   * The recordings heard one after another from `fromMs` on, until something else is said.
   *
   * @throws {Error} when two of them are too much alike to tell which it was.
   */
  spelledFrom(fromMs: number, recordings: Recordings): string[] {
    const pieces = new Map([...recordings].map(([name, pcm]) => [name, trimmed(decimate(pcm))]));
    const names: string[] = [];
    for (let at = samplesOf(fromMs); ;) {
      const matches = [...pieces].flatMap(
        ([name, piece]) => this.#find(name, piece, at, at + samplesOf(GAP_MS) + piece.length) ?? [],
      );
      matches.sort((a, b) => a.begin - b.begin);
      const [first] = matches;
      if (first === undefined) return names;
      const [best, next] = matches
        .filter((match) => match.begin < first.end)
        .sort((a, b) => b.score - a.score);
      if (best === undefined) return names;
      if (next !== undefined && best.score - next.score < MARGIN) {
        throw new Error(`${best.name} (${best.score}) or ${next.name} (${next.score})?`);
      }
      names.push(best.name);
      at = best.end;
    }
  }

  /** The first place in a stretch at which a piece was heard, at its best there. */
  #find(name: string, piece: Float32Array, from: number, to: number): Match | undefined {
    const samples = this.#samples;
    const last = Math.min(to, samples.length) - piece.length;
    const energy = energyOf(piece, 0, piece.length);
    let window = energyOf(samples, from, piece.length);
    let best: Match | undefined;
    for (let begin = from; begin <= last; begin += 1) {
      if (best !== undefined && begin > best.begin + piece.length / 2) return best;
      if (window > energy / 4) {
        let product = 0;
        for (let n = 0; n < piece.length; n += 1) product += (samples[begin + n] ?? 0) * (piece[n] ?? 0);
        const score = product / Math.sqrt(energy * window);
        if (score > LIKE && score > (best?.score ?? 0)) {
          best = { name, begin, end: begin + piece.length, score };
        }
      }
      window += (samples[begin + piece.length] ?? 0) ** 2 - (samples[begin] ?? 0) ** 2;
    }
    return best;
  }
}

/** Smoothed before, so that it does not matter on which sample the counting begins. */
function decimate(pcm: Int16Array): Float32Array {
  const smooth = smoothed(smoothed(Float32Array.from(pcm)));
  return Float32Array.from(
    { length: Math.floor(pcm.length / DECIMATION) },
    (_, n) => smooth[n * DECIMATION] ?? 0,
  );
}

/** The mean of the last few samples, in place of each. */
function smoothed(samples: Float32Array): Float32Array {
  const width = 2 * DECIMATION - 1;
  let sum = 0;
  return samples.map((sample, n) => {
    sum += sample - (samples[n - width] ?? 0);
    return sum / width;
  });
}

/** Without the silence around the word. */
function trimmed(samples: Float32Array): Float32Array {
  const isLoud = (sample: number): boolean => Math.abs(sample) > 300;
  const begin = samples.findIndex(isLoud);
  const end = samples.findLastIndex(isLoud) + 1;
  return samples.subarray(Math.max(0, begin), end);
}

function energyOf(samples: Float32Array, from: number, length: number): number {
  let sum = 0;
  for (let n = from; n < from + length; n += 1) sum += (samples[n] ?? 0) ** 2;
  return sum;
}

function samplesOf(ms: number): number {
  return Math.round((ms * RATE) / 1000 / DECIMATION);
}

function msOf(samples: number): number {
  return (samples * DECIMATION * 1000) / RATE;
}

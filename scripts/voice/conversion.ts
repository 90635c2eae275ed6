import { run } from "./programs.js";
import { SOUND } from "./sound.js";

/**
 * The formats that are kept. Asterisk picks by extension what is cheapest for the channel: ulaw or alaw is sent
 * as it lies on the disk. wav is for people, editors and channels with another codec.
 */
export const FORMATS = ["ulaw", "alaw", "wav"] as const;
export type Format = (typeof FORMATS)[number];

const ENCODING: Readonly<Record<Format, readonly string[]>> = {
  ulaw: ["-t", "raw", "-e", "u-law", "-b", "8"],
  alaw: ["-t", "raw", "-e", "a-law", "-b", "8"],
  wav: ["-t", "wav", "-e", "signed-integer", "-b", "16"],
};

/** `-D`: no dither, which would add noise for nothing; `-R`: nothing random anywhere else. */
const REPEATABLE = ["-V1", "-D", "-R"];

/** Resamples a WAV file to 8 kHz within the telephone band; samples between -1 and 1. */
export function toTelephoneBand(wav: Buffer): Float64Array {
  const raw = run(
    "sox",
    [
      ...REPEATABLE,
      // Room for the overshoot of the filters: gain is set later, on numbers that cannot clip.
      ...["-v", "0.5", "-t", "wav", "-"],
      ...["-t", "raw", "-e", "floating-point", "-b", "64", "-L", "-c", "1", "-"],
      ...["highpass", String(SOUND.highPass), "highpass", String(SOUND.highPass)],
      ...["rate", "-v", "-b", String(SOUND.passBandPercent), String(SOUND.sampleRate)],
    ],
    wav,
  );
  return Float64Array.from({ length: Math.floor(raw.length / 8) }, (_, i) => raw.readDoubleLE(i * 8));
}

/** Rounds to 16 bits once, so that all formats start from the same numbers. */
export function toPcm16(samples: Float64Array): Buffer {
  const pcm = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, i) => {
    pcm.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), i * 2);
  });
  return pcm;
}

function raw16(): string[] {
  return ["-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-r", String(SOUND.sampleRate), "-c", "1"];
}

export function encode(pcm: Buffer, format: Format, file: string): void {
  run("sox", [...REPEATABLE, ...raw16(), "-", ...ENCODING[format], file], pcm);
}

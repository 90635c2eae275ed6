import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { RECORDING } from "./recording-limits.js";
import { mixDown } from "../sound/mix-down.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { runBounded } from "../run-bounded.js";
import { INPUT } from "./sound-files.js";
import { waveFormatOf } from "../sound/wave-format.js";

/** How to run ffmpeg. */
export interface Decoder {
  readonly file: string;
  /** Come before ffmpeg's own. */
  readonly args: readonly string[];
}

/** It is not the recording that is wrong: ffmpeg does not run. */
class DecoderError extends Error {
  readonly code = "decoder_broken";

  constructor(said: string) {
    super(`ffmpeg does not run: ${said}`);
    this.name = "DecoderError";
  }
}

/** Hz: a multiple of the telephone's rate, and no less than most recordings have. */
export const DECODED_RATE = 48_000;

const DEADLINE_MS = 30_000;
const BYTES_A_SAMPLE = 4;
/** More are mixed to two by ffmpeg. */
const CHANNELS = 2;
/** A second more than is accepted, to tell too long from just right. */
const DECODE_S = RECORDING.longestMs / 1000 + 1;

/** Seconds of processor, kilobytes of memory, no byte into a file, no core: what the shell gives ffmpeg. */
const LIMITED = 'ulimit -t 30 && ulimit -v 2097152 && ulimit -f 0 && ulimit -c 0 && exec "$@"';
/** The shell's own failure; what it could not run; what the loader could not load. ffmpeg's own lie elsewhere. */
const NOT_RUN: readonly number[] = [2, 126, 127];

const CONTAINERS = ["wav", "mp3", "mov", "ogg", "flac"];
const CODECS = [
  ...["mp3", "mp3float", "aac", "alac", "vorbis", "libvorbis", "opus", "libopus", "flac"],
  ...["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_mulaw", "pcm_alaw"],
  // Inside WAV: Asterisk's own wav49, and what dictating machines and editors write.
  ...["gsm_ms", "adpcm_ms", "adpcm_ima_wav", "adpcm_g726"],
];

/**
 * Decodes a recording (WAV, MP3, M4A, Ogg, FLAC) to one channel at {@link DECODED_RATE}, samples between -1 and
 * 1 or a little over. At most a second more than is accepted.
 *
 * A decoder of foreign bytes is where an attacker would begin. So ffmpeg gets five containers and their codecs
 * and nothing else, no protocol but our own file, no name that somebody chose, 30 s, 2 GB, and may write no file.
 *
 * @param dir a folder of ours for the file that ffmpeg reads.
 * @throws {PromptRefusal} `not_audio`
 * @throws {DecoderError} when ffmpeg itself does not run.
 */
export async function decodeRecording(decoder: Decoder, bytes: Buffer, dir: string): Promise<Float64Array> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // Not by a pipe: of an M4A the table of contents often stands at its end.
  const input = path.join(dir, `${INPUT}${randomUUID()}`);
  try {
    await writeFile(input, bytes, { mode: 0o600, flag: "wx" });
    const command = [decoder.file, ...decoder.args, ...ffmpegArguments(input)];
    const { code, stdout, stderr } = await runBounded("/bin/sh", ["-c", LIMITED, "sh", ...command], {
      deadlineMs: DEADLINE_MS,
      maxBytes: (DECODE_S + 1) * DECODED_RATE * BYTES_A_SAMPLE * CHANNELS,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    });
    if (code !== null && NOT_RUN.includes(code)) throw new DecoderError(stderr);
    const decoded = code === 0 ? waveFormatOf(stdout) : undefined;
    if (decoded === undefined) throw notAudio(bytes);
    const samples = samplesOf(stdout.subarray(decoded.dataAt), bytes);
    return mixDown(samples, decoded.channels);
  } finally {
    await rm(input, { force: true });
  }
}

function ffmpegArguments(input: string): string[] {
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-threads", "1", "-max_alloc", "268435456"],
    ...["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS.join(",")],
    ...["-codec_whitelist", CODECS.join(","), "-i", `file:${input}`],
    ...["-map", "0:a:0", "-t", String(DECODE_S), "-ar", String(DECODED_RATE)],
    ...["-af", "aformat=channel_layouts=mono|stereo", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1"],
  ];
}

function samplesOf(raw: Buffer, recording: Buffer): Float64Array {
  if (raw.length < BYTES_A_SAMPLE) throw notAudio(recording);
  const samples = Float64Array.from({ length: Math.floor(raw.length / BYTES_A_SAMPLE) }, (_, i) =>
    raw.readFloatLE(i * BYTES_A_SAMPLE),
  );
  // A WAV of floating point may hold anything.
  if (samples.some((sample) => !Number.isFinite(sample))) throw notAudio(recording);
  return samples;
}

/** A WAV file may hold any of some 250 encodings: which one it is helps whoever has to save it anew. */
function notAudio(recording: Buffer): PromptRefusal {
  const tag = waveFormatOf(recording)?.tag;
  const why =
    tag === undefined
      ? ""
      : ` It is a WAV file of encoding 0x${tag.toString(16).padStart(4, "0")}, damaged or not one of PCM, G.711, GSM and ADPCM.`;
  return new PromptRefusal(
    "not_audio",
    `It is no sound that can be read: WAV, MP3, M4A, Ogg and FLAC can.${why}`,
  );
}

import { findComponent } from "../../src/programs/components.js";
import type { Decoder } from "../../src/prompts/decode.js";
import { toPcm16 } from "../../src/sound/formats.js";
import { runBounded } from "../../src/run-bounded.js";
import { writeWave } from "../../src/sound/wave.js";
import { PROJECT_DIR } from "../phones/programs.js";

/** The rate of most recordings that people bring. */
export const RATE = 44_100;

/** As it is fetched for the service. */
export async function ffmpeg(): Promise<Decoder> {
  const found = await findComponent("ffmpeg", PROJECT_DIR);
  if (found === null)
    throw new Error(`ffmpeg was not fetched yet: run "npm run setup -- --with-test-phones"`);
  return found.command("usr/bin/ffmpeg");
}

/** A WAV file of 16-bit PCM. */
export function wavOf(samples: Float64Array, rate = RATE): Buffer {
  return writeWave({ rate, pcm: toPcm16(samples) });
}

/** What ffmpeg makes of a WAV file: arguments between input and output, such as `["-f", "mp3"]`. */
export async function encodedBy(wav: Buffer, args: readonly string[]): Promise<Buffer> {
  const { file, args: before } = await ffmpeg();
  const command = [...before, "-v", "error", "-i", "pipe:0", ...args, "pipe:1"];
  const { code, stdout, stderr } = await runBounded(file, command, {
    input: wav,
    deadlineMs: 30_000,
    maxBytes: 50_000_000,
  });
  if (code !== 0) throw new Error(`ffmpeg: ${stderr}`);
  return stdout;
}

export function mp3Of(samples: Float64Array): Promise<Buffer> {
  return encodedBy(wavOf(samples), ["-b:a", "192k", "-f", "mp3"]);
}

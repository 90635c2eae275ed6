import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogue, type SpokenPrompt, type Voice, speedOf, spokenText } from "./prompts-yaml.js";
import { fromPcm16 } from "../sound/formats.js";
import { japaneseVoiceFiles, runSpeech } from "./speech-programs.js";
import { readWave } from "../sound/wave.js";

/** Samples a frame of the Japanese voice at its own rate of 48 kHz: 5 ms. */
const JAPANESE_FRAME = 240;

/**
 * The rate is set by the length of the vocoder's frames, which stretches every sound alike and leaves the pitch.
 * open_jtalk's own option `-r` puts the time into the pauses: at 0.5 it makes a lone digit 15 % longer, not 100 %.
 */
function japaneseArguments(voice: Voice, speed: number, wav: string): string[] {
  const files = japaneseVoiceFiles(voice.name);
  return [
    "-x",
    files.dictionary,
    "-m",
    files.voice,
    "-p",
    String(Math.round(JAPANESE_FRAME / speed)),
    "-ow",
    wav,
  ];
}

function englishArguments(voice: Voice, speed: number, text: string, wav: string): string[] {
  const stretch = (1 / speed).toFixed(4);
  return ["-voice", voice.name, "--setf", `duration_stretch=${stretch}`, "-t", text, "-o", wav];
}

/**
 * Has a prompt spoken; resolves with samples between -1 and 1 at the voice's own rate (48 kHz Japanese, 16 kHz
 * English).
 *
 * @throws {PromptRefusal} `speech_program_missing`
 */
export async function speak(
  prompt: SpokenPrompt,
  { voice, lexicon }: Catalogue,
): Promise<{ samples: Float64Array; rate: number }> {
  // Both programs seek back in their output to write its length, so a pipe will not do.
  const folder = await mkdtemp(join(tmpdir(), "honnin-voice-"));
  try {
    const wav = join(folder, "spoken.wav");
    const speed = speedOf(prompt, voice);
    const text = spokenText(prompt, lexicon);
    switch (voice.engine) {
      case "open_jtalk":
        // One line only: open_jtalk speaks the first line of its input and forgets the rest.
        await runSpeech("open_jtalk", japaneseArguments(voice, speed, wav), text.replaceAll(/\s*\n\s*/g, ""));
        break;
      case "flite":
        await runSpeech("flite", englishArguments(voice, speed, text, wav));
        break;
    }
    const { rate, pcm } = readWave(await readFile(wav));
    return { samples: fromPcm16(pcm), rate };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

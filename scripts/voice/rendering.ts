import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode, FORMATS } from "../../src/sound/formats.js";
import type { Loudness } from "../../src/sound/loudness.js";
import { fileDigest, type Rendered, sourceDigest } from "../../src/prompts/manifest.js";
import type { Catalogue, Prompt } from "../../src/prompts/prompts-yaml.js";
import { samplesIn, SOUND } from "../../src/sound/sound.js";
import { speak } from "../../src/prompts/speech.js";
import { durationMs, telephoneSound } from "../../src/sound/telephone-sound.js";

interface Sound {
  readonly pcm: Int16Array;
  /** null for silences, which have no level. */
  readonly loudness: Loudness | null;
}

async function soundOf(prompt: Prompt, catalogue: Catalogue): Promise<Sound> {
  if (prompt.kind === "silence") return { pcm: new Int16Array(samplesIn(prompt.ms)), loudness: null };
  const { samples, rate } = await speak(prompt, catalogue);
  const sound = telephoneSound(samples, rate, prompt.kind);
  if (sound === null) throw new Error(`the voice is silent on ${prompt.id}`);
  return sound;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function inTenths({ activeLevel, rms, peak }: Loudness): Rendered["loudness"] {
  return { active_level_dbov: tenths(activeLevel), rms_dbfs: tenths(rms), peak_dbfs: tenths(peak) };
}

/** Speaks, shapes and writes one prompt in all formats into `folder`; returns its line of the manifest. */
export async function render(prompt: Prompt, catalogue: Catalogue, folder: string): Promise<Rendered> {
  const { pcm, loudness } = await soundOf(prompt, catalogue);
  const ms = durationMs(pcm);
  if (ms > SOUND.longest) {
    throw new Error(`${prompt.id} lasts ${ms} ms; the limit is ${SOUND.longest}: split the text`);
  }
  const fileOf = (format: string): string => join(folder, `${prompt.id}.${format}`);
  for (const format of FORMATS) writeFileSync(fileOf(format), encode(pcm, format));
  return {
    id: prompt.id,
    source_sha256: sourceDigest(prompt, catalogue),
    duration_ms: ms,
    loudness: loudness === null ? null : inTenths(loudness),
    files: {
      ulaw: fileDigest(fileOf("ulaw")),
      alaw: fileDigest(fileOf("alaw")),
      wav: fileDigest(fileOf("wav")),
    },
  };
}

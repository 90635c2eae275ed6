import { join } from "node:path";
import type { Catalogue, Prompt } from "./catalogue.js";
import { FORMATS, encode, toPcm16, toTelephoneBand } from "./conversion.js";
import { measure } from "./loudness.js";
import { type Rendered, fileDigest, sourceDigest } from "./manifest.js";
import { appendSilence, fade, level, trim } from "./shaping.js";
import { SOUND, samplesIn } from "./sound.js";
import { speak } from "./speech.js";

interface Sound {
  readonly samples: Float64Array;
  /** null for silences, which have no level. */
  readonly loudness: Rendered["loudness"];
}

function soundOf(prompt: Prompt, catalogue: Catalogue): Sound {
  if (prompt.kind === "silence") return { samples: new Float64Array(samplesIn(prompt.ms)), loudness: null };
  const speech = level(fade(trim(toTelephoneBand(speak(prompt, catalogue)))));
  // Measured before the pause is added: the pause belongs to the sequence, not to the speech.
  const loudness = loudnessOf(speech);
  const pause = prompt.kind === "sentence" ? SOUND.afterSentenceMs : 0;
  return { samples: appendSilence(speech, pause), loudness };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function loudnessOf(samples: Float64Array): Rendered["loudness"] {
  const { activeLevel, rms, peak } = measure(samples);
  return { active_level_dbov: tenths(activeLevel), rms_dbfs: tenths(rms), peak_dbfs: tenths(peak) };
}

/** Speaks, shapes and writes one prompt in all formats into `folder`; returns its line of the manifest. */
export function render(prompt: Prompt, catalogue: Catalogue, folder: string): Rendered {
  const { samples, loudness } = soundOf(prompt, catalogue);
  const durationMs = Math.round((samples.length * 1000) / SOUND.sampleRate);
  if (durationMs > SOUND.longest) {
    throw new Error(`${prompt.id} lasts ${durationMs} ms; the limit is ${SOUND.longest}: split the text`);
  }
  const pcm = toPcm16(samples);
  const fileOf = (format: string): string => join(folder, `${prompt.id}.${format}`);
  for (const format of FORMATS) encode(pcm, format, fileOf(format));
  return {
    id: prompt.id,
    source_sha256: sourceDigest(prompt, catalogue),
    duration_ms: durationMs,
    loudness,
    files: {
      ulaw: fileDigest(fileOf("ulaw")),
      alaw: fileDigest(fileOf("alaw")),
      wav: fileDigest(fileOf("wav")),
    },
  };
}

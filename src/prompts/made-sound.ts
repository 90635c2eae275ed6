import { measure } from "../sound/loudness.js";
import { ratioOf, SOUND } from "../sound/sound.js";
import { toTelephoneBand } from "../sound/telephone-band.js";
import { durationMs, finishSound, type SpokenKind, type TelephoneSound } from "../sound/telephone-sound.js";
import { writeWave } from "../sound/wave.js";
import { DECODED_RATE } from "./decode.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { RECORDING } from "./recording-limits.js";

/**
 * Makes a decoded recording a prompt.
 *
 * @throws {PromptRefusal} `too_long`, `clipped`, `silent`, `too_short`
 */
export function recordedSound(decoded: Float64Array, kind: SpokenKind): TelephoneSound {
  const seconds = RECORDING.longestMs / 1000;
  if (decoded.length > DECODED_RATE * seconds) {
    throw new PromptRefusal("too_long", `A prompt may last ${seconds} s.`);
  }
  refuseClipping(decoded);
  const band = toTelephoneBand(decoded, DECODED_RATE);
  const { activeLevel } = measure(band);
  if (activeLevel < RECORDING.quietest) {
    throw new PromptRefusal("silent", `There is no speech louder than ${RECORDING.quietest} dBov in it.`);
  }
  return fittingSound(finishSound(band, kind), kind);
}

/** @throws {PromptRefusal} `silent`, `too_long`, `too_short` */
export function fittingSound(sound: TelephoneSound | null, kind: SpokenKind): TelephoneSound {
  if (sound === null) throw new PromptRefusal("silent", "There is no sound in it.");
  checkLength(durationMs(sound.pcm), kind);
  return sound;
}

/** @throws {PromptRefusal} `too_long`, `too_short` */
export function checkLength(ms: number, kind: SpokenKind): void {
  const speech = ms - (kind === "sentence" ? SOUND.afterSentenceMs : 0);
  if (speech < RECORDING.shortestMs) {
    throw new PromptRefusal(
      "too_short",
      `Without the silence around it there are ${speech} ms left; ${RECORDING.shortestMs} are the least.`,
    );
  }
  if (speech > RECORDING.longestMs) {
    throw new PromptRefusal("too_long", `A prompt may last ${RECORDING.longestMs / 1000} s.`);
  }
}

/** As a file that browsers and people's programs play. */
export function waveOf({ pcm }: TelephoneSound): Buffer {
  return writeWave({ rate: SOUND.sampleRate, pcm });
}

function refuseClipping(samples: Float64Array): void {
  const limit = ratioOf(RECORDING.clippingLevel);
  const clipped = samples.reduce((count, sample) => (Math.abs(sample) >= limit ? count + 1 : count), 0);
  const share = clipped / samples.length;
  if (share <= RECORDING.clippedShare) return;
  throw new PromptRefusal(
    "clipped",
    `${(share * 100).toFixed(1)} % of it is at full scale (${RECORDING.clippingLevel} dBFS or more); ` +
      `${RECORDING.clippedShare * 100} % may be.`,
  );
}

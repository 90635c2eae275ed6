import type { PromptKey, PromptVersionRow } from "../store/prompts.js";
import { addVersions } from "./add-versions.js";
import { type Decoder, DECODED_RATE, decodeRecording } from "./decode.js";
import { type PromptLibrary, refusePath, spokenPromptOf } from "./library.js";
import { RECORDING } from "./recording-limits.js";
import { measure } from "../sound/loudness.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { ratioOf, SOUND } from "../sound/sound.js";
import { durationMs, finishSound, type SpokenKind, type TelephoneSound } from "../sound/telephone-sound.js";
import { toTelephoneBand } from "../sound/telephone-band.js";
import { textForSound } from "./texts.js";

export interface Recording {
  /** Of the file, without its folder. */
  readonly name: string;
  readonly bytes: Buffer;
  /** What it says; default: the draft, else the text that is heard now. */
  readonly text?: string | undefined;
}

/**
 * Makes a recording the current version of a prompt.
 *
 * @param decoder asked for once the file is worth it: it may have to be fetched.
 * @throws {PromptRefusal} and nothing was changed.
 */
export async function setRecording(
  library: PromptLibrary,
  decoder: () => Promise<Decoder>,
  key: PromptKey,
  recording: Recording,
  by: string,
): Promise<PromptVersionRow> {
  const { kind } = spokenPromptOf(library, key);
  refusePath(recording.name);
  if (recording.bytes.length > RECORDING.maxFileBytes) throw tooLarge();
  const text = await textForSound(library, key, recording.text);
  const decoded = await decodeRecording(await decoder(), recording.bytes, library.dir);
  const sound = recordedSound(decoded, kind);
  const version = {
    key,
    origin: "recording" as const,
    sound,
    text,
    sourceName: recording.name.slice(0, 255),
  };
  const [added] = await addVersions(library, [version], by);
  if (added === undefined) throw new Error("one version was to be added, and none was");
  return added;
}

export function tooLarge(): PromptRefusal {
  const megabytes = RECORDING.maxFileBytes / 1_000_000;
  return new PromptRefusal("file_too_large", `A recording may have ${megabytes} MB.`);
}

/** @throws {PromptRefusal} `too_long`, `clipped`, `silent`, `too_short` */
function recordedSound(decoded: Float64Array, kind: SpokenKind): TelephoneSound {
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

import { fromPcm16 } from "./formats.js";
import { type Loudness, measure } from "./loudness.js";
import { samplesIn, SOUND } from "./sound.js";
import type { SpokenKind } from "./telephone-sound.js";

/** What sounds that are kept must be like. */
const KEPT = {
  /** dB by which the active level may differ from that of all prompts: what is joined must not jump. */
  levelTolerance: 1,
  /** dBFS; the limiter keeps -3.5, and 16 bits round. */
  highestPeak: -3.4,
} as const;

/** The loudness of a finished prompt, without the pause that belongs to the sequence. */
export function loudnessOfKept(pcm: Int16Array, kind: SpokenKind): Loudness {
  const pause = kind === "sentence" ? samplesIn(SOUND.afterSentenceMs) : 0;
  return measure(fromPcm16(pcm.subarray(0, Math.max(0, pcm.length - pause))));
}

/** What is wrong with the level of a finished prompt, as sentences. */
export function levelFaults({ activeLevel, peak }: Pick<Loudness, "activeLevel" | "peak">): string[] {
  const faults: string[] = [];
  if (Math.abs(activeLevel - SOUND.activeLevel) > KEPT.levelTolerance) {
    faults.push(`its level is ${activeLevel.toFixed(1)} dBov, not ${SOUND.activeLevel}`);
  }
  if (peak > KEPT.highestPeak) faults.push(`its peak is ${peak.toFixed(1)} dBFS`);
  return faults;
}

/**
 * How a prompt has to sound, be it spoken by a synthesiser or recorded. Every number here goes into the
 * fingerprint of each shipped prompt, so a change makes `render-prompts.ts --check` ask for a new rendering.
 */
export const SOUND = {
  /** Hz. The rate of G.711, which is what a telephone trunk carries. */
  sampleRate: 8000,
  /**
   * Hz. Two second-order high-passes: what lies lower is lost in an earpiece anyway, and costs loudness.
   * 200 and not 300, because mobile phones and VoIP do carry a man's voice below 300 and it sounds less thin.
   */
  highPass: 200,
  /** Per cent of the Nyquist frequency that the resampler lets through: 3400 Hz. */
  passBandPercent: 85,
  /**
   * dBov, active speech level by ITU-T P.56; with G.711 this is about -13 dBm0. Seven decibels above the
   * -26 dBov usual for test speech: announcements compete with street noise, conversations do not have to.
   */
  activeLevel: -19,
  /** dBFS. Headroom for the codecs and gains further down the line. */
  peakCeiling: -3.5,
  /** dB below the loudest frame: anything softer at either end is silence. */
  silenceBelowPeak: 45,
  /** ms kept before the first sound, so that no consonant is clipped, and after the last. */
  leadMs: 30,
  tailMs: 40,
  /** ms of fade at both ends; hides the step where the cut was made. */
  fadeMs: 5,
  /**
   * ms after a sentence, so that two played one after another do not run into each other. With tail and lead
   * 210 ms of silence between two: longer than 250 and the person believes that it was their turn.
   */
  afterSentenceMs: 140,
  /** ms. Longer than this no caller listens; the text wants to be split. */
  longest: 15_000,
} as const;

export function samplesIn(ms: number): number {
  return Math.round((ms * SOUND.sampleRate) / 1000);
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(Math.max(ratio, 1e-9));
}

export function ratioOf(db: number): number {
  return 10 ** (db / 20);
}

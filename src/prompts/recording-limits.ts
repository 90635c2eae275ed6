/** What a recording must be like to become a prompt; docs/en/prompts.md tells admins the same. */
export const RECORDING = {
  /** Of the file; a minute of 16-bit stereo at 48 kHz has 11.5 MB. */
  maxFileBytes: 20_000_000,
  /** Nobody listens to more of an announcement. */
  longestMs: 60_000,
  /** After the silence around it is cut; the shortest shipped word lasts 275 ms. */
  shortestMs: 200,
  /** dBov, active level by ITU-T P.56: below it, raising it to -19 would raise the noise of the room by 31 dB. */
  quietest: -50,
  /** dBFS from which a sample counts as clipped, and the share of such samples that is one clipping too many. */
  clippingLevel: -0.1,
  clippedShare: 0.001,
} as const;

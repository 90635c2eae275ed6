/** What the header of a WAV file says of its sound (RFC 2361 registers the tags). */
export interface WaveFormat {
  /** 1 PCM, 3 floating point, 0x31 GSM 6.10 … */
  readonly tag: number;
  readonly channels: number;
  /** Where the samples begin. */
  readonly dataAt: number;
}

/** Undefined of what is no WAV file. */
export function waveFormatOf(file: Buffer): WaveFormat | undefined {
  if (file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WAVE") return undefined;
  let format: Omit<WaveFormat, "dataAt"> | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    if (name === "fmt " && at + 12 <= file.length) {
      format = { tag: file.readUInt16LE(at + 8), channels: file.readUInt16LE(at + 10) };
    } else if (name === "data") {
      return format === undefined ? undefined : { ...format, dataAt: at + 8 };
    }
    // Chunks are padded to an even length.
    at += 8 + length + (length % 2);
  }
  return undefined;
}

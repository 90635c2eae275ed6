const RATE = 48_000;
const HEADER_BYTES = 44;

/**
 * What the browser has recorded, in whatever format it records, as a WAV file (16 bit, mono): the service decodes
 * fewer formats than browsers record.
 */
export async function recordingAsWav(recorded: Blob): Promise<Blob> {
  const context = new OfflineAudioContext(1, 1, RATE);
  const decoded = await context.decodeAudioData(await recorded.arrayBuffer());
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, nth) => decoded.getChannelData(nth));
  const bytes = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * decoded.length));
  writeHeader(bytes, decoded.length);
  for (let at = 0; at < decoded.length; at += 1) {
    const sum = channels.reduce((all, channel) => all + (channel[at] ?? 0), 0);
    const sample = Math.max(-1, Math.min(1, sum / channels.length));
    bytes.setInt16(HEADER_BYTES + 2 * at, Math.round(sample * 32_767), true);
  }
  return new Blob([bytes.buffer], { type: "audio/wav" });
}

/** RIFF WAVE, PCM. */
function writeHeader(bytes: DataView, samples: number): void {
  const word = (at: number, letters: string): void => {
    for (let nth = 0; nth < letters.length; nth += 1) bytes.setUint8(at + nth, letters.charCodeAt(nth));
  };
  word(0, "RIFF");
  bytes.setUint32(4, HEADER_BYTES - 8 + 2 * samples, true);
  word(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, RATE, true);
  bytes.setUint32(28, 2 * RATE, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  word(36, "data");
  bytes.setUint32(40, 2 * samples, true);
}

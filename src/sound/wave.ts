/** WAV files of 16-bit PCM, one channel: what synthesisers write and what we keep. */
export interface Wave {
  /** Hz */
  readonly rate: number;
  readonly pcm: Int16Array;
}

const HEADER_BYTES = 44;
const PCM = 1;

/** Not a WAV file of 16-bit PCM with one channel. */
export class WaveError extends Error {
  readonly code = "wave_invalid";

  constructor(problem: string) {
    super(`not a WAV file of 16-bit PCM with one channel: ${problem}`);
    this.name = "WaveError";
  }
}

/** @throws {WaveError} */
export function readWave(file: Buffer): Wave {
  if (file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WAVE") {
    throw new WaveError("it does not begin as one");
  }
  let rate: number | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const from = at + 8;
    if (name === "fmt ") {
      if (length < 16 || from + 16 > file.length) throw new WaveError("its fmt chunk is cut off");
      const is16BitMono =
        file.readUInt16LE(from) === PCM &&
        file.readUInt16LE(from + 2) === 1 &&
        file.readUInt16LE(from + 14) === 16;
      if (!is16BitMono) throw new WaveError("it has another encoding or more channels");
      rate = file.readUInt32LE(from + 4);
    } else if (name === "data") {
      if (rate === undefined) throw new WaveError("its data come before their format");
      if (from + length > file.length) throw new WaveError("it is cut off");
      return { rate, pcm: samplesOf(file.subarray(from, from + length)) };
    }
    // Chunks are padded to an even length.
    at = from + length + (length % 2);
  }
  throw new WaveError("it has no data");
}

export function writeWave({ rate, pcm }: Wave): Buffer {
  const file = Buffer.alloc(HEADER_BYTES + pcm.length * 2);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(pcm.length * 2, 40);
  pcm.forEach((sample, i) => {
    file.writeInt16LE(sample, HEADER_BYTES + i * 2);
  });
  return file;
}

function samplesOf(data: Buffer): Int16Array {
  return Int16Array.from({ length: Math.floor(data.length / 2) }, (_, i) => data.readInt16LE(i * 2));
}

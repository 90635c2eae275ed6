/** G.711 encoding as ITU-T defines it: mu-law of 14-bit, A-law of 13-bit samples, here made from 16 bits. */

/** Rounds to fewer bits; the topmost value has nothing above it to round to. */
function reduce(sample: number, bits: number): number {
  const shift = 16 - bits;
  return Math.min((sample + (1 << (shift - 1))) >> shift, (1 << (bits - 1)) - 1);
}

function ulawByte(sample: number): number {
  const value = reduce(sample, 14);
  // 33 is the bias that makes every segment start at a power of two; 8158 is the largest that fits then.
  const magnitude = Math.min(Math.abs(value), 8158) + 33;
  const segment = 26 - Math.clz32(magnitude);
  const code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0f);
  return (value < 0 ? code : code | 0x80) ^ 0x7f;
}

function alawByte(sample: number): number {
  const value = reduce(sample, 13);
  const magnitude = value < 0 ? -value - 1 : value;
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const code = (segment << 4) | ((magnitude >> Math.max(1, segment)) & 0x0f);
  return (value < 0 ? code : code | 0x80) ^ 0x55;
}

function encode(pcm: Int16Array, byteOf: (sample: number) => number): Buffer {
  return Buffer.from(Uint8Array.from(pcm, byteOf));
}

export const encodeUlaw = (pcm: Int16Array): Buffer => encode(pcm, ulawByte);
export const encodeAlaw = (pcm: Int16Array): Buffer => encode(pcm, alawByte);

/** G.711 (ITU-T G.711) at 8 kHz: mu-law, the codec of the telephones here, and the A-law of other networks. */

const BIAS = 0x84;
const CLIP = 32_635;

/** The byte of digital silence: mu-law codes are inverted, so that zero is all ones. */
export const ULAW_SILENCE = 0xff;

function decodeByte(byte: number): number {
  const code = ~byte & 0xff;
  const exponent = (code >> 4) & 0x07;
  const magnitude = (((code & 0x0f) << 3) + BIAS) * 2 ** exponent - BIAS;
  return (code & 0x80) === 0 ? magnitude : -magnitude;
}

const DECODED = Int16Array.from({ length: 256 }, (_, byte) => decodeByte(byte));

export function decodeUlaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => DECODED[byte] ?? 0);
}

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = Math.floor(magnitude / 2 ** (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

export function encodeUlaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, encodeSample);
}

/** A-law codes have their even bits inverted, and 13 bits of which the lowest is always half a step. */
function decodeAlawByte(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 0x07;
  const step = ((code & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? step : (step + 0x100) << (exponent - 1);
  return (code & 0x80) === 0 ? -magnitude : magnitude;
}

const DECODED_ALAW = Int16Array.from({ length: 256 }, (_, byte) => decodeAlawByte(byte));

export function decodeAlaw(bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, (byte) => DECODED_ALAW[byte] ?? 0);
}

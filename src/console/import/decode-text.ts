const ENCODINGS = ["utf-8", "shift_jis"] as const;

/**
 * The text of a file, in UTF-8 or as a Japanese Excel writes CSV. Each refuses bytes that are none of it, and text in
 * Shift_JIS is no valid UTF-8 but by the rarest accident. Lines end in `\n` then: so they are counted as editors count.
 *
 * @returns null when it is neither.
 */
export function decodeText(bytes: Buffer): string | null {
  for (const encoding of ENCODINGS) {
    const text = decode(bytes, encoding);
    // UTF-16 is every second byte zero; no text has one.
    if (text !== null && !text.includes("\0")) return text.replace(/\r\n?/g, "\n");
  }
  return null;
}

function decode(bytes: Buffer, encoding: (typeof ENCODINGS)[number]): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

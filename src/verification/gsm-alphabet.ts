/** The GSM 7-bit default alphabet, 3GPP TS 23.038 section 6.2.1; a space stands for the escape, which is no character. */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const ESCAPE = 0x1b;
/** Its extension table, section 6.2.1.1: each is sent as the escape and this. */
const EXTENSION: Readonly<Record<string, number>> = {
  "\f": 0x0a,
  "^": 0x14,
  "{": 0x28,
  "}": 0x29,
  "\\": 0x2f,
  "[": 0x3c,
  "~": 0x3d,
  "]": 0x3e,
  "|": 0x40,
  "€": 0x65,
};

const SEPTETS: ReadonlyMap<string, readonly number[]> = new Map([
  ...Array.from(BASIC)
    .map((character, at): [string, number[]] => [character, [at]])
    .filter(([, [at]]) => at !== ESCAPE),
  ...Object.entries(EXTENSION).map(([character, at]): [string, number[]] => [character, [ESCAPE, at]]),
]);

/** One septet a character, two for those of the extension table; null: the alphabet has no such character. */
export function gsmSeptets(character: string): readonly number[] | null {
  return SEPTETS.get(character) ?? null;
}

/** Septets of a text, one in each byte, as SMPP takes them; null where the alphabet lacks one of its characters. */
export function gsmBytes(text: string): Buffer | null {
  const septets: number[] = [];
  for (const character of text) {
    const some = gsmSeptets(character);
    if (some === null) return null;
    septets.push(...some);
  }
  return Buffer.from(septets);
}

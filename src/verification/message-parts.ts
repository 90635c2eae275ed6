import { gsmSeptets } from "./gsm-alphabet.js";

/** In which a message travels: septets of GSM 7 bit, or UTF-16 units of UCS-2 where one character wants it. */
type Alphabet = "gsm7" | "ucs2";

/** Units of one message alone, and of each part of several, which have a header of 6 bytes (3GPP TS 23.040 section 9.2.3.24.1). */
const ROOM: Readonly<Record<Alphabet, { readonly alone: number; readonly joined: number }>> = {
  gsm7: { alone: 160, joined: 153 },
  ucs2: { alone: 70, joined: 67 },
};

/** The header numbers parts in a byte. */
export const MOST_PARTS = 255;

/** A text as gateways charge for it. */
export interface MessageParts {
  readonly alphabet: Alphabet;
  /** Of the whole text: septets, or UTF-16 units. */
  readonly units: number;
  /** At least one; their texts joined are the text. */
  readonly parts: readonly string[];
}

/**
 * Divides a text into the messages that carry it. No part ends within a character: neither within a surrogate pair nor
 * within the two septets of a character of the extension table.
 *
 * @param allowed `ucs2`: also what would fit GSM 7 bit goes in UCS-2, as gateways want it that take nothing else.
 */
export function messageParts(text: string, allowed: "auto" | "ucs2" = "auto"): MessageParts {
  const characters = Array.from(text);
  const alphabet =
    allowed === "auto" && characters.every((character) => gsmSeptets(character) !== null) ? "gsm7" : "ucs2";
  const size = (character: string): number =>
    alphabet === "gsm7" ? (gsmSeptets(character)?.length ?? 0) : character.length;
  const units = characters.reduce((sum, character) => sum + size(character), 0);
  const { alone, joined } = ROOM[alphabet];
  if (units <= alone) return { alphabet, units, parts: [text] };
  const parts: string[] = [];
  let part = "";
  let used = 0;
  for (const character of characters) {
    if (used + size(character) > joined) {
      parts.push(part);
      part = "";
      used = 0;
    }
    part += character;
    used += size(character);
  }
  return { alphabet, units, parts: [...parts, part] };
}

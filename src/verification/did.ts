import { parsePhoneNumber } from "./phone-number.js";

/**
 * A DID in the one spelling by which it is stored, compared and shown: E.164. What is no number of a
 * numbering plan (an extension of a PBX before us) stays as it is, without punctuation.
 */
export function canonicalDid(spelling: string): string {
  const parsed = parsePhoneNumber(spelling);
  return parsed.ok ? parsed.number.e164 : spelling.normalize("NFKC").replace(/[^+0-9]/g, "");
}

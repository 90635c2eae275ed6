import { parsePhoneNumber, type PhoneNumberParse } from "./phone-number.js";

/**
 * Reads the number of a line that a person may call from. A special number (0120 …) never calls
 * anybody, so it is wrong here, not refused by policy. Never throws.
 */
export function parseOwnLine(input: string): PhoneNumberParse {
  const parsed = parsePhoneNumber(input);
  if (!parsed.ok || parsed.number.specialClass === undefined) return parsed;
  return {
    ok: false,
    problem: "special",
    detail: `${parsed.number.specialClass} numbers are nobody's own line`,
  };
}

import { parsePhoneNumber } from "../verification/phone-number.js";

/** How trunks want numbers written: 0312345678, +81312345678 or 81312345678. */
export const NUMBER_FORMATS = ["national", "e164", "e164_without_plus"] as const;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

/** A number of another country has no national form here, and keeps its plus. */
export function writeNumber(e164: string, format: NumberFormat): string {
  const parsed = parsePhoneNumber(e164);
  const national = parsed.ok && parsed.number.country === "JP" ? parsed.number.national : null;
  switch (format) {
    case "national":
      return national ?? e164;
    case "e164":
      return e164;
    case "e164_without_plus":
      return e164.slice(1);
  }
}

/** A number of ours, which may be an extension: what is no telephone number stays as it is. */
export function writeOwnNumber(given: string, format: NumberFormat | "as_given"): string {
  if (format === "as_given") return given;
  const parsed = parsePhoneNumber(given);
  return parsed.ok ? writeNumber(parsed.number.e164, format) : given;
}

import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { withoutSeparators } from "./separators.js";

/**
 * A telephone number in E.164 (`+819012345678`) that passed {@link parsePhoneNumber}.
 * A type of its own: nothing else may be dialled, stored or compared.
 */
export type E164 = string & { readonly __e164: unique symbol };

export const LINE_TYPES = ["mobile", "fixed", "ip", "unknown"] as const;
export type LineType = (typeof LINE_TYPES)[number];

export interface PhoneNumber {
  readonly e164: E164;
  /** ISO 3166 country, or undefined for codes shared by no single country. */
  readonly country: string | undefined;
  /** Digits as dialled within the country: `09012345678`. */
  readonly national: string;
  readonly lineType: LineType;
  /** The special class of a Japanese number (`0120`, `1XY` …), when it belongs to one. */
  readonly specialClass: string | undefined;
}

export type PhoneNumberParse =
  | { readonly ok: true; readonly number: PhoneNumber }
  | { readonly ok: false; readonly problem: "characters" | "special" | "invalid"; readonly detail: string };

const JAPAN = "JP";

/**
 * Classes of Japanese numbers that are not a person's line. Longest prefix first.
 * Source: MIC numbering plan (電気通信番号計画); DESIGN section 5.
 */
const SPECIAL_PREFIXES: readonly (readonly [prefix: string, name: string])[] = [
  ["0120", "0120 (toll-free)"],
  ["0800", "0800 (toll-free)"],
  ["0570", "0570 (shared cost)"],
  ["0990", "0990 (premium rate)"],
  ["0170", "0170 (message service)"],
  ["0180", "0180 (announcement service)"],
  ["020", "020 (pager and machine to machine)"],
  ["00", "00XY (carrier selection)"],
  ["184", "184 prefix (withholds the caller's number)"],
  ["186", "186 prefix (shows the caller's number)"],
  ["1", "1XY (emergency and special services)"],
];

function specialClassOf(nationalDigits: string): string | undefined {
  return SPECIAL_PREFIXES.find(([prefix]) => nationalDigits.startsWith(prefix))?.[1];
}

/**
 * Mobile since July 2026 includes 060. Told by prefix and not by the library's type, because its
 * metadata follows a change of the numbering plan months late.
 */
function japaneseLineType(national: string): LineType {
  if (/^0[6789]0[1-9]\d{7}$/.test(national)) return "mobile";
  if (/^050[1-9]\d{7}$/.test(national)) return "ip";
  if (/^0[1-9]\d{8}$/.test(national)) return "fixed";
  return "unknown";
}

/**
 * Reads what a person or a web form calls a telephone number: E.164, or a national Japanese number,
 * with any common punctuation and full-width characters. Never throws.
 */
export function parsePhoneNumber(input: string): PhoneNumberParse {
  // 64 is far above any real spelling; it bounds the work that a hostile string can cause.
  if (input.length > 64) return { ok: false, problem: "invalid", detail: "too long for a telephone number" };
  const compact = withoutSeparators(input);
  if (!/^\+?[0-9]+$/.test(compact)) {
    return {
      ok: false,
      problem: "characters",
      detail: "only digits, + in front and punctuation are allowed",
    };
  }
  if (!compact.startsWith("+")) {
    const special = specialClassOf(compact);
    if (special !== undefined && !isOrdinary(compact)) {
      return { ok: false, problem: "special", detail: special };
    }
  }
  const parsed = parsePhoneNumberFromString(compact, JAPAN);
  if (parsed === undefined) return { ok: false, problem: "invalid", detail: "not a telephone number" };
  const japanese = parsed.countryCallingCode === "81";
  const national = japanese ? `0${parsed.nationalNumber}` : parsed.nationalNumber;
  const specialClass = japanese ? specialClassOf(national) : undefined;
  const lineType = japanese && specialClass === undefined ? japaneseLineType(national) : "unknown";
  // 0A0 numbers are judged by their pattern alone, see japaneseLineType.
  const valid = parsed.isValid() || lineType === "mobile" || lineType === "ip";
  if (!valid) {
    return specialClass === undefined
      ? { ok: false, problem: "invalid", detail: "no such number in the numbering plan" }
      : { ok: false, problem: "special", detail: specialClass };
  }
  return {
    ok: true,
    number: {
      e164: asE164(parsed.number),
      country: parsed.country,
      national,
      lineType,
      specialClass,
    },
  };
}

/** A special class whose numbers are whole numbers (0120 …) can be allow-listed; a prefix (184, 00XY, 1XY) cannot. */
function isOrdinary(digits: string): boolean {
  return /^0[1-9]/.test(digits);
}

function asE164(number: string): E164 {
  return number as E164;
}

/** For logs: country code and the last two digits, `+81*******78`. */
export function maskNumber(number: string): string {
  return number.length <= 5
    ? "*".repeat(number.length)
    : `${number.slice(0, 3)}${"*".repeat(number.length - 5)}${number.slice(-2)}`;
}

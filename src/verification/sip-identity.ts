import { type E164, parsePhoneNumber } from "./phone-number.js";
import { verdictThatHolds } from "./verdict.js";

/** One identity out of a SIP header such as From or P-Asserted-Identity; everything in it may be a lie. */
export interface SipIdentity {
  /** Without its quotes; empty where there is none. */
  readonly displayName: string;
  /** Without display name, password, parameters and headers: `sip:09012345678@192.0.2.1`. */
  readonly uri: string;
  /** RFC 3323 section 4.1.1.3 and the forms that trunks make of it. */
  readonly anonymous: boolean;
  /** The user part, unescaped and without its parameters: a number, a name or empty. */
  readonly user: string;
  readonly number: E164 | null;
  /** What STIR/SHAKEN verification found (3GPP TS 24.229, `verstat`), such as `TN-Validation-Passed`. */
  readonly verstat: string | null;
}

/**
 * Reads a header value with one identity or several (RFC 3325 section 9.1 allows two, one of them
 * `tel:`). Never throws, and never looks inside a quoted display name: `"<tel:+81…>" <sip:…>` is an old
 * trick.
 *
 * @returns null where any part of it cannot be read: what is left out might say the contrary of the rest.
 */
export function readIdentities(value: string): SipIdentity[] | null {
  const identities = splitOutsideQuotes(value).map((part) => {
    const address = addressOf(part);
    return address === null ? null : readUri(address.uri, address.displayName);
  });
  return identities.every((identity) => identity !== null) ? identities : null;
}

/** Splits at commas that are neither in a quoted string nor in angle brackets. */
function splitOutsideQuotes(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let bracketed = false;
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at];
    if (char === '"' && !bracketed) at = endOfQuoted(value, at);
    else if (char === "<") bracketed = true;
    else if (char === ">") bracketed = false;
    else if (char === "," && !bracketed) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(value.slice(start));
  return parts;
}

/** Where the quoted string that opens at `open` closes; the end of the value when it does not. */
function endOfQuoted(value: string, open: number): number {
  for (let at = open + 1; at < value.length; at += 1) {
    if (value[at] === "\\") at += 1;
    else if (value[at] === '"') return at;
  }
  return value.length;
}

/** A name-addr or addr-spec (RFC 3261 section 25.1); null when it is neither. */
function addressOf(part: string): { readonly displayName: string; readonly uri: string } | null {
  for (let at = 0; at < part.length; at += 1) {
    if (part[at] === '"') at = endOfQuoted(part, at);
    else if (part[at] === "<") {
      const close = part.indexOf(">", at);
      if (close < 0) return null;
      return { displayName: unquoted(part.slice(0, at).trim()), uri: part.slice(at + 1, close).trim() };
    }
  }
  return part.includes('"') ? null : { displayName: "", uri: part.trim() };
}

function unquoted(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

function readUri(uri: string, displayName: string): SipIdentity | null {
  const colon = uri.indexOf(":");
  const scheme = uri.slice(0, Math.max(0, colon)).toLowerCase();
  const rest = uri.slice(colon + 1);
  switch (scheme) {
    case "tel":
      return identity({ scheme, displayName, user: rest, after: "" });
    case "sip":
    case "sips": {
      const [user = "", host, ...more] = (rest.split("?")[0] ?? "").split("@");
      // Two @ are nobody's address; without one there is a host and no user.
      if (more.length > 0) return null;
      return host === undefined
        ? identity({ scheme, displayName, user: "", after: user })
        : identity({ scheme, displayName, user, after: host });
    }
    default:
      return null;
  }
}

interface UriParts {
  readonly scheme: "sip" | "sips" | "tel";
  readonly displayName: string;
  /** With its parameters: `0312345678;npdi;phone-context=+81`. */
  readonly user: string;
  /** Host with port and URI parameters. */
  readonly after: string;
}

function identity({ scheme, displayName, user, after }: UriParts): SipIdentity {
  const [subscriber = "", ...userParameters] = user.split(";");
  const [hostPort = "", ...uriParameters] = after.split(";");
  const name = unescapeUser((scheme === "tel" ? subscriber : subscriber.split(":")[0]) ?? "");
  const host = hostPort.replace(/:\d*$/, "").trim().toLowerCase();
  const parameters = [...userParameters, ...uriParameters];
  return {
    displayName,
    uri: `${scheme}:${name}${scheme === "tel" ? "" : name === "" ? host : `@${host}`}`,
    anonymous: name.trim().toLowerCase() === "anonymous" || /(^|\.)anonymous\.invalid\.?$/.test(host),
    user: name,
    number: readNumber(name, parameter(parameters, "phone-context")),
    verstat: verdict(verdictThatHolds(valuesOf(parameters, "verstat"))),
  };
}

/** RFC 3261 section 19.1.2: percent-escapes of UTF-8. Broken ones leave the text as it is. */
function unescapeUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** RFC 3261 section 7.3.1: a parameter occurs once. One that is there twice says nothing. */
function parameter(parameters: readonly string[], name: string): string | null {
  const values = valuesOf(parameters, name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

function valuesOf(parameters: readonly string[], name: string): string[] {
  return parameters.flatMap((text) => {
    const [key = "", value = ""] = text.split("=");
    return key.trim().toLowerCase() === name ? [value.trim()] : [];
  });
}

/** A word without digits, so that nothing else is smuggled into the evidence. */
function verdict(value: string | null): string | null {
  return value !== null && /^[A-Za-z-]{1,64}$/.test(value) ? value : null;
}

/**
 * Trunks write `+8190…`, `090…` and, against RFC 3966, `8190…`. A national number begins with 0, so
 * what does not, and is as long as country code and number, is E.164 without its plus.
 */
function readNumber(user: string, context: string | null): E164 | null {
  // ASCII and RFC 3966 visual separators only: a trunk writes no full-width digits.
  if (!/^\+?[0-9().-]{2,40}$/.test(user)) return null;
  const digits = user.replace(/[().-]/g, "");
  const spelling = digits.startsWith("+") ? digits : withCountry(digits, context);
  const parsed = parsePhoneNumber(spelling);
  return parsed.ok ? parsed.number.e164 : null;
}

function withCountry(digits: string, context: string | null): string {
  if (context !== null && /^\+\d{1,6}$/.test(context)) return context + digits.replace(/^0/, "");
  return !digits.startsWith("0") && digits.length >= 11 ? `+${digits}` : digits;
}

import { type E164, parsePhoneNumber } from "./phone-number.js";

/** One identity out of a SIP From or P-Asserted-Identity value; everything in it may be a lie. */
export interface SipIdentity {
  /** Without display name, password, parameters and headers: `sip:09012345678@192.0.2.1`. */
  readonly uri: string;
  /** RFC 3323 section 4.1.1.3 and the forms that trunks make of it. */
  readonly anonymous: boolean;
  readonly number: E164 | null;
  /** What STIR/SHAKEN verification found (3GPP TS 24.229, `verstat`), such as `TN-Validation-Passed`. */
  readonly verstat: string | null;
}

/**
 * Reads a header value with one identity or several (RFC 3325 section 9.1 allows two, one of them
 * `tel:`). What cannot be read is left out. Never throws, and never looks inside a quoted display
 * name: `"<tel:+81…>" <sip:…>` is an old trick.
 */
export function readIdentities(value: string): SipIdentity[] {
  return splitOutsideQuotes(value).flatMap((part) => {
    const uri = uriOf(part);
    const identity = uri === null ? null : readUri(uri);
    return identity === null ? [] : [identity];
  });
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

/** The URI of a name-addr or addr-spec (RFC 3261 section 25.1); null when there is none. */
function uriOf(part: string): string | null {
  for (let at = 0; at < part.length; at += 1) {
    if (part[at] === '"') at = endOfQuoted(part, at);
    else if (part[at] === "<") {
      const close = part.indexOf(">", at);
      return close < 0 ? null : part.slice(at + 1, close).trim();
    }
  }
  return part.includes('"') ? null : part.trim();
}

function readUri(uri: string): SipIdentity | null {
  const colon = uri.indexOf(":");
  const scheme = uri.slice(0, Math.max(0, colon)).toLowerCase();
  const rest = uri.slice(colon + 1);
  switch (scheme) {
    case "tel":
      return identity("tel", rest, "");
    case "sip":
    case "sips": {
      const [user, host, ...more] = (rest.split("?")[0] ?? "").split("@");
      // Two @ are nobody's address; without one there is a host and no user.
      if (more.length > 0) return null;
      return host === undefined ? identity(scheme, "", user ?? "") : identity(scheme, user ?? "", host);
    }
    default:
      return null;
  }
}

/**
 * @param user with its parameters: `0312345678;npdi;phone-context=+81`.
 * @param after host with port and URI parameters.
 */
function identity(scheme: string, user: string, after: string): SipIdentity {
  const [subscriber = "", ...userParameters] = user.split(";");
  const [hostPort = "", ...uriParameters] = after.split(";");
  const name = unescapeUser((scheme === "tel" ? subscriber : subscriber.split(":")[0]) ?? "");
  const host = hostPort.replace(/:\d*$/, "").trim().toLowerCase();
  const parameters = [...userParameters, ...uriParameters];
  return {
    uri: `${scheme}:${name}${scheme === "tel" ? "" : name === "" ? host : `@${host}`}`,
    anonymous: name.trim().toLowerCase() === "anonymous" || /(^|\.)anonymous\.invalid\.?$/.test(host),
    number: readNumber(name, parameter(parameters, "phone-context")),
    verstat: verdict(parameter(parameters, "verstat")),
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

function parameter(parameters: readonly string[], name: string): string | null {
  for (const text of parameters) {
    const [key = "", value = ""] = text.split("=");
    if (key.trim().toLowerCase() === name) return value.trim();
  }
  return null;
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

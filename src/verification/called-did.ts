import { canonicalDid } from "./did.js";
import { readIdentities } from "./sip-identity.js";

/** Where a trunk may put the DID that was dialled, by the names of the headers. */
export const DID_SOURCES = ["p-called-party-id", "request-uri", "to", "alert-info"] as const;

export type DidSource = (typeof DID_SOURCES)[number];

/**
 * The order that suits most trunks. P-Called-Party-ID (RFC 7315 section 4.2) is the network's own word for the number
 * that it has led here. To is what was dialled. The Request-URI comes last: a trunk that registers, and a gateway,
 * put the registered user there, which may look like a DID, the main number above all; where To names none of ours
 * because somebody has the calls to his number led here, it decides. Alert-Info is a matter of one carrier.
 */
export const USUAL_DID_SOURCES: readonly DidSource[] = ["p-called-party-id", "to", "request-uri"];

/** What the trunk put there, word for word; empty where it put nothing. */
export type CalledHeaders = Readonly<Record<DidSource, string>>;

/**
 * The DID that was called: the first source that names one of ours decides, whatever the spelling (national, `+81`,
 * `81`; `sip:` or `tel:`, with `phone-context`).
 *
 * @param dids as `canonicalDid` spells them.
 * @returns null where no source names one of ours, and where the one that decides names two: then nothing is guessed.
 */
export function calledDid(
  said: CalledHeaders,
  order: readonly DidSource[],
  dids: readonly string[],
): string | null {
  for (const source of order) {
    const named = new Set(numbersIn(said[source]).filter((number) => dids.includes(number)));
    const [did] = named;
    if (did !== undefined) return named.size === 1 ? did : null;
  }
  return null;
}

/** Every number that a value may mean, as DIDs are spelled. */
function numbersIn(value: string): string[] {
  const bare = value.trim();
  if (isNumber(bare)) return spellings(bare);
  return (readIdentities(value) ?? []).flatMap(({ user, number }) => [
    ...(number === null ? [] : [number]),
    ...(isNumber(user) ? spellings(user) : []),
  ]);
}

function isNumber(text: string): boolean {
  return /^\+?[0-9().-]{2,40}$/.test(text);
}

/** Also as E.164 that lacks its plus, which a national number never looks like: it begins with 0. */
function spellings(number: string): string[] {
  const digits = number.replace(/[^+0-9]/g, "");
  const lacksPlus = !digits.startsWith("+") && !digits.startsWith("0");
  return [canonicalDid(digits), digits, ...(lacksPlus ? [canonicalDid(`+${digits}`), `+${digits}`] : [])];
}

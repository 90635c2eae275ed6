import type { E164 } from "./phone-number.js";
import { readIdentities, type SipIdentity } from "./sip-identity.js";
import { verdictThatHolds } from "./verdict.js";
import { type WithheldReason, withheldReason } from "./withheld-reason.js";

/** The headers that tell of a caller, by their names in {@link CallerEvidence}. */
export type CallerHeader = "from" | "p_asserted_identity" | "privacy";

/** What the network said of a caller, word for word. */
export interface CallerHeaders {
  readonly from: string;
  readonly assertedIdentities: readonly string[];
  /** All its fields, separated by commas. */
  readonly privacy: string;
  /** Those of which not every field has reached us whole: too long, or more than are read. */
  readonly unread?: readonly CallerHeader[];
  /** The endpoint by which the call came. */
  readonly trunk: string;
}

/** Stands in the evidence for a header that was there and could not be read. */
const UNREADABLE = "unreadable";

/** Kept with the call: what the network said, so that a dispute can be settled later. */
export interface CallerEvidence {
  readonly from: string | null;
  readonly p_asserted_identity: string | null;
  /** Whether both name the same number; null when one of them names none. */
  readonly agree: boolean | null;
  readonly privacy: string | null;
  readonly trunk: string;
  readonly stir_shaken: string | null;
  /** Null when the number is not withheld. */
  readonly withheld_reason: WithheldReason | null;
}

export type CallerIdentity =
  /** No number is to be had, so neither it nor any part of it is in the evidence. */
  | { readonly withheld: true; readonly reason: WithheldReason; readonly evidence: CallerEvidence }
  /** `number` is null when what was said names no telephone number, or cannot be read. */
  | { readonly withheld: false; readonly number: E164 | null; readonly evidence: CallerEvidence };

/** Values of Privacy (RFC 3323 section 4.2, RFC 3325, RFC 7044). */
const PRIVACY_VALUES = ["none", "id", "user", "header", "session", "history", "critical"];
/** Those that ask for the identity itself to be kept back. */
const WITHHOLDING = ["id", "user", "header"];
/** Longer than any real URI of a telephone. */
const MAX_URI = 256;
/** RFC 3325 section 9.1. */
const MAX_ASSERTED = 2;

/**
 * Who calls (RFC 3261, 3323, 3325, 3966). A number that the caller withholds is not used even where
 * the network tells it: P-Asserted-Identity under `Privacy: id` is for the network alone.
 *
 * From is what the caller's side claims, P-Asserted-Identity what the trunk vouches for. What is there and cannot
 * be read is unknown: then no other header decides in its place, and a wish for privacy counts as made.
 *
 * @param trustAsserted whether the trunk's word counts. When it does and there is one, From decides
 *   nothing: to fall back on From would let a caller choose a number where the network names none.
 */
export function callerIdentity(headers: CallerHeaders, trustAsserted: boolean): CallerIdentity {
  const wholly = (header: CallerHeader): boolean => headers.unread?.includes(header) !== true;
  const from = wholly("from") ? identitiesIn([headers.from], 1) : null;
  const asserted = wholly("p_asserted_identity")
    ? identitiesIn(headers.assertedIdentities, MAX_ASSERTED)
    : null;
  const privacy = wholly("privacy") ? privacyValues(headers.privacy) : null;
  const claimed = oneNumber(from ?? []);
  const vouchedFor = oneNumber(asserted ?? []);
  const readable = from !== null && asserted !== null;
  const common = {
    privacy: privacy === null ? UNREADABLE : privacy.length === 0 ? null : privacy.join(";"),
    trunk: headers.trunk,
    stir_shaken: readable && trustAsserted ? verdictOn(vouchedFor, asserted) : null,
  };
  const reason = whyWithheld(from, asserted, privacy);
  if (reason !== null) {
    return {
      withheld: true,
      reason,
      evidence: {
        from: from?.some(({ anonymous }) => anonymous) === true ? "anonymous" : null,
        p_asserted_identity: null,
        agree: null,
        ...common,
        withheld_reason: reason,
      },
    };
  }
  const believed = trustAsserted && asserted?.length !== 0 ? vouchedFor : claimed;
  return {
    withheld: false,
    number: readable ? believed : null,
    evidence: {
      from: urisOf(from),
      // A From that cannot be read may have asked for privacy.
      p_asserted_identity: from === null && asserted !== null ? null : urisOf(asserted),
      agree: readable && claimed !== null && vouchedFor !== null ? claimed === vouchedFor : null,
      ...common,
      withheld_reason: null,
    },
  };
}

/** Null when there is what cannot be read, or more than `most`. */
function identitiesIn(values: readonly string[], most: number): SipIdentity[] | null {
  const read = values.filter((value) => value !== "").map(readIdentities);
  if (!read.every((identities) => identities !== null)) return null;
  const identities = read.flat();
  return identities.length > most ? null : identities;
}

/** Null when there is a value that we do not know: it may ask for what the known ones do not. */
function privacyValues(header: string): string[] | null {
  const said = header.split(/[;,]/).map((value) => value.trim().toLowerCase());
  if (header.trim() !== "" && !said.every((value) => PRIVACY_VALUES.includes(value))) return null;
  return PRIVACY_VALUES.filter((value) => said.includes(value));
}

/** Null when the number is not withheld. */
function whyWithheld(
  from: readonly SipIdentity[] | null,
  asserted: readonly SipIdentity[] | null,
  privacy: readonly string[] | null,
): WithheldReason | null {
  const [caller] = from ?? [];
  const reason = caller === undefined ? null : withheldReason(caller);
  const identities = [...(from ?? []), ...(asserted ?? [])];
  const byWish =
    privacy === null ||
    privacy.some((value) => WITHHOLDING.includes(value)) ||
    identities.some(({ anonymous }) => anonymous);
  if (byWish) return reason ?? "caller";
  // A name that gives a reason beside a number is only a name.
  const readable = from !== null && asserted !== null;
  return readable && identities.every(({ number }) => number === null) ? reason : null;
}

/** The number that they name; null when they name none, or different ones. */
function oneNumber(identities: readonly SipIdentity[]): E164 | null {
  const numbers = new Set(identities.flatMap(({ number }) => (number === null ? [] : [number])));
  const [number] = numbers;
  return numbers.size === 1 && number !== undefined ? number : null;
}

/**
 * What STIR/SHAKEN found of the number that the trunk vouches for, by the trunk's own word. A verdict in From is
 * whatever the caller wrote there, and one of a trunk that is not believed is no better.
 */
function verdictOn(vouchedFor: E164 | null, asserted: readonly SipIdentity[]): string | null {
  if (vouchedFor === null) return null;
  return verdictThatHolds(
    asserted.flatMap(({ number, verstat }) => (number === vouchedFor && verstat !== null ? [verstat] : [])),
  );
}

function urisOf(identities: readonly SipIdentity[] | null): string | null {
  if (identities === null) return UNREADABLE;
  return identities.length === 0 ? null : identities.map(({ uri }) => uri.slice(0, MAX_URI)).join(", ");
}

import type { E164 } from "./phone-number.js";
import { readIdentities, type SipIdentity } from "./sip-identity.js";

/** What the network said of a caller, word for word. */
export interface CallerHeaders {
  readonly from: string;
  readonly assertedIdentities: readonly string[];
  readonly privacy: string;
  /** The endpoint by which the call came. */
  readonly trunk: string;
}

/** Kept with the call: what the network said, so that a dispute can be settled later. */
export interface CallerEvidence {
  readonly from: string | null;
  readonly p_asserted_identity: string | null;
  /** Whether both name the same number; null when one of them names none. */
  readonly agree: boolean | null;
  readonly privacy: string | null;
  readonly trunk: string;
  readonly stir_shaken: string | null;
}

export type CallerIdentity =
  /** The caller keeps the number back, so neither it nor any part of it is in the evidence. */
  | { readonly withheld: true; readonly evidence: CallerEvidence }
  /** `number` is null when what was said names no telephone number. */
  | { readonly withheld: false; readonly number: E164 | null; readonly evidence: CallerEvidence };

/** Values of Privacy (RFC 3323 section 4.2, RFC 3325, RFC 7044); others are ignored. */
const PRIVACY_VALUES = ["none", "id", "user", "header", "session", "history", "critical"];
/** Those that ask for the identity itself to be kept back. */
const WITHHOLDING = ["id", "user", "header"];
/** Longer than any real URI of a telephone. */
const MAX_URI = 256;

/**
 * Who calls (RFC 3261, 3323, 3325, 3966). A number that the caller withholds is not used even where
 * the network tells it: P-Asserted-Identity under `Privacy: id` is for the network alone.
 *
 * From is what the caller's side claims, P-Asserted-Identity what the trunk vouches for.
 *
 * @param trustAsserted whether the trunk's word counts. When it does and there is one, From decides
 *   nothing: to fall back on From would let a caller choose a number where the network names none.
 */
export function callerIdentity(headers: CallerHeaders, trustAsserted: boolean): CallerIdentity {
  const fromOnly = readIdentities(headers.from).slice(0, 1);
  const [from] = fromOnly;
  const asserted = headers.assertedIdentities.flatMap(readIdentities);
  const privacy = privacyValues(headers.privacy);
  const agree = agreement(from?.number ?? null, oneNumber(asserted));
  const common = {
    privacy: privacy.length === 0 ? null : privacy.join(";"),
    trunk: headers.trunk,
    // The network puts its verdict beside the identity that it vouches for.
    stir_shaken:
      (asserted.length > 0 ? asserted : fromOnly).find(({ verstat }) => verstat !== null)?.verstat ?? null,
  };
  const anonymous = from?.anonymous === true || asserted.some((said) => said.anonymous);
  if (anonymous || privacy.some((value) => WITHHOLDING.includes(value))) {
    return {
      withheld: true,
      evidence: {
        from: from?.anonymous === true ? "anonymous" : null,
        p_asserted_identity: null,
        agree: null,
        ...common,
      },
    };
  }
  const believed = trustAsserted && asserted.length > 0 ? oneNumber(asserted) : (from?.number ?? null);
  return {
    withheld: false,
    number: believed,
    evidence: {
      from: from?.uri.slice(0, MAX_URI) ?? null,
      p_asserted_identity: assertedUri(asserted),
      agree,
      ...common,
    },
  };
}

function privacyValues(header: string): string[] {
  const said = header.split(/[;,]/).map((value) => value.trim().toLowerCase());
  return PRIVACY_VALUES.filter((value) => said.includes(value));
}

/** The number that they name; null when they name none, or different ones. */
function oneNumber(identities: readonly SipIdentity[]): E164 | null {
  const numbers = new Set(identities.flatMap(({ number }) => (number === null ? [] : [number])));
  const [number] = numbers;
  return numbers.size === 1 && number !== undefined ? number : null;
}

function agreement(from: E164 | null, asserted: E164 | null): boolean | null {
  return from === null || asserted === null ? null : from === asserted;
}

function assertedUri(asserted: readonly SipIdentity[]): string | null {
  return asserted.length === 0 ? null : asserted.map(({ uri }) => uri.slice(0, MAX_URI)).join(", ");
}

import type { CallerEvidence } from "../verification/caller-identity.js";
import type { E164 } from "../verification/phone-number.js";
import { DEFAULT_LOCALE, type Locale } from "../verification/prompt-id.js";
import { clientsMeant } from "../store/awaited-calls.js";
import { findDidOwner } from "../store/client-dids.js";
import { tellClient } from "./tell-client.js";
import type { Store } from "../store/store.js";
import { readClientSettings } from "../store/stored-client-settings.js";

/** A call came in that no verification waits for. */
export interface UnmatchedCall {
  readonly why: "withheld" | "unknown";
  /** As `canonicalDid` spells it. */
  readonly did: string;
  /** Never for logs. Null when it is withheld or names no telephone number. */
  readonly number: E164 | null;
  readonly evidence: CallerEvidence;
}

/** Whose guidance a caller hears for whom nothing waits. */
export interface DidOwner {
  /** Null: nobody's; see `findDidOwner`. */
  readonly clientId: string | null;
  readonly locale: Locale;
  /** Several clients wait for this call, so that nobody can tell which of them is meant. */
  readonly severalMeant?: true;
}

/**
 * Tells the owner of the DID, see `findDidOwner`, by an event.
 *
 * @returns the owner.
 */
export function noteUnmatched(store: Store, call: UnmatchedCall, now: number): Promise<DidOwner> {
  return store.write(async (db): Promise<DidOwner> => {
    const { did, why, number, evidence } = call;
    const owner = await findDidOwner(db, did);
    if (owner === null) {
      const sought = number === null ? null : { number: store.vault.indexNumber(number), did };
      const severalMeant = sought !== null && (await clientsMeant(db, sought, now)).length > 1;
      return { clientId: null, locale: DEFAULT_LOCALE, ...(severalMeant ? { severalMeant } : {}) };
    }
    const data = { did, why, phone_number: number, caller_evidence: evidence };
    await tellClient(db, store.vault, "inbound.unmatched", data, {
      clientId: owner,
      verificationSeq: null,
      now,
    });
    return { clientId: owner, locale: (await readClientSettings(db, owner)).locale };
  });
}

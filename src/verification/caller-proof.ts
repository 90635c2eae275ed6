import type { CallerEvidence } from "./caller-identity.js";
import { isFoundWrong } from "./verdict.js";

/**
 * Whether whoever keys has the number to be proved. `proved`: we called the number ourselves, or the network
 * vouched for the call that came in. `unproved`: the caller only says so, and whoever can place a call by the
 * trunk can say so of any number.
 */
export type CallerProof = "proved" | "unproved";

/**
 * What the network has proved of a caller by whose number a verification was found. Where the trunk is believed
 * and asserts an identity, the number was taken from that (see `callerIdentity`), so that it is there is enough.
 * Where the trunk is not believed nothing is proved: a verdict stands in what it asserts, and is no better.
 */
export function callerProof(evidence: CallerEvidence, trustAsserted: boolean): CallerProof {
  const asserted = trustAsserted && evidence.p_asserted_identity !== null;
  return asserted && !isFoundWrong(evidence.stir_shaken ?? "") ? "proved" : "unproved";
}

import type { CallerEvidence } from "./caller-identity.js";
import { callerProof } from "./caller-proof.js";
import type { Method } from "./request-terms.js";

/** What a client wants the network to have said of a caller, before the call counts as the caller's. */
export const EVIDENCE_DEMANDS = ["none", "asserted", "agree", "stir_shaken"] as const;
export type EvidenceDemand = (typeof EVIDENCE_DEMANDS)[number];

/**
 * What is demanded of the calls of one verification.
 *
 * @param set what the client's administrator has set; null: nothing. Then the network has to vouch for the
 *   number wherever the number is all that there is; From alone is what the caller writes.
 */
export function demandOf(set: EvidenceDemand | null, method: Method): EvidenceDemand {
  return set ?? (method === "caller_id" ? "asserted" : "none");
}

/**
 * 3GPP TS 24.229 section 7.2A.20: passed, without a level or with level A (RFC 8588: the network knows the
 * customer and the right to the number). B and C say nothing of the right to the number.
 */
const PASSED = ["tn-validation-passed", "tn-validation-passed-a"];

/**
 * Whether the evidence of a call is what its client demands.
 *
 * @param trustAsserted as in `callerIdentity`: without it From is believed, and a verdict that stands
 *   beside P-Asserted-Identity is about From only if both name the same number.
 */
export function meetsDemand(
  demand: EvidenceDemand,
  evidence: CallerEvidence,
  trustAsserted: boolean,
): boolean {
  switch (demand) {
    case "none":
      return true;
    case "asserted":
      return callerProof(evidence, trustAsserted) === "proved";
    case "agree":
      return evidence.agree === true;
    case "stir_shaken":
      return (
        PASSED.includes(evidence.stir_shaken?.toLowerCase() ?? "") &&
        (trustAsserted || evidence.p_asserted_identity === null || evidence.agree === true)
      );
  }
}

import type { AttemptOutcome, FailureReason } from "./status.js";

/** What is known when a call is over. */
export interface EndedCall {
  /** True when Asterisk, or the link to it, went away under the call: nobody hung up. */
  readonly lost: boolean;
  readonly answered: boolean;
  /** True when we hung up before an answer because the ring time was over. */
  readonly rungOut: boolean;
  /** True when we hung up before an answer for another reason of ours: expiry, cancel, shutdown. */
  readonly withdrawn: boolean;
  /** True once the far side showed any life: 180, 183, an answer. */
  readonly progressed: boolean;
  /** Final SIP status of the INVITE, when Asterisk told it. */
  readonly sipStatus: number | null;
  /** Q.850 cause, when Asterisk told it. */
  readonly q850Cause: number | null;
}

const BY_SIP_STATUS: Readonly<Partial<Record<number, AttemptOutcome>>> = {
  404: "unreachable",
  408: "no_answer",
  410: "unreachable",
  480: "unreachable",
  484: "unreachable",
  486: "busy",
  487: "no_answer",
  488: "failed",
  600: "busy",
  603: "rejected",
  604: "unreachable",
  607: "rejected", // RFC 8197: unwanted
  608: "rejected", // RFC 8688: rejected by an analytics engine
};

/** Q.850 causes, for ends of which no SIP status is known (ITU-T Q.850 table 1). */
const BY_Q850: Readonly<Partial<Record<number, AttemptOutcome>>> = {
  1: "unreachable", // unallocated number
  17: "busy",
  18: "no_answer", // no user responding
  19: "no_answer", // no answer from user, alerted
  20: "unreachable", // subscriber absent
  21: "rejected",
  22: "unreachable", // number changed
  28: "unreachable", // invalid number format
};

/** How the telephone call ended, apart from how the verification ended (DESIGN section 3). */
export function outcomeOf(call: EndedCall): AttemptOutcome {
  if (call.lost) return "failed";
  if (call.answered) return "answered";
  if (call.withdrawn) return "canceled";
  // A trunk that never said a word is broken; a telephone that rang on is a person who is out.
  const silentTrunk = !call.progressed && (call.sipStatus === null || call.sipStatus === 408);
  if (call.rungOut) return silentTrunk ? "failed" : "no_answer";
  if (call.sipStatus !== null && call.sipStatus >= 300) {
    if (silentTrunk) return "failed";
    return BY_SIP_STATUS[call.sipStatus] ?? "failed";
  }
  return (call.q850Cause === null ? undefined : BY_Q850[call.q850Cause]) ?? "failed";
}

/** How a call that came in ended; `refused`: we turned it away without answering. */
export function inboundOutcomeOf(
  call: Pick<EndedCall, "lost" | "answered"> & { readonly refused: boolean },
): AttemptOutcome {
  if (call.lost) return "failed";
  if (call.answered) return "answered";
  // Neither answered nor refused: the caller gave up before either.
  return call.refused ? "rejected" : "canceled";
}

/** The verification's reason when it fails because its last call ended so. */
export function reasonOf(outcome: AttemptOutcome): FailureReason {
  switch (outcome) {
    case "answered":
      return "hung_up";
    case "no_answer":
    case "busy":
    case "rejected":
    case "unreachable":
      return outcome;
    case "canceled":
    case "failed":
      return "service_unavailable";
  }
}

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
  /** True once a telephone rang: 180. */
  readonly rang: boolean;
  /** Final SIP status of the INVITE, when it is known. */
  readonly sipStatus: number | null;
  /** Q.850 cause that the network gave, when it gave one. */
  readonly q850Cause: number | null;
}

/** Statuses with one meaning. Every other one is general, and may come with a cause that says more. */
const BY_SIP_STATUS: Readonly<Partial<Record<number, AttemptOutcome>>> = {
  404: "unreachable",
  408: "no_answer",
  410: "unreachable",
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

/** Q.850 causes that tell what became of the call (ITU-T Q.850 table 1). */
const BY_Q850: Readonly<Partial<Record<number, AttemptOutcome>>> = {
  1: "unreachable", // unallocated number
  2: "unreachable", // no route to the transit network
  3: "unreachable", // no route to the destination
  17: "busy",
  18: "no_answer", // no user responding
  19: "no_answer", // no answer from user, alerted
  20: "unreachable", // subscriber absent
  21: "rejected",
  22: "unreachable", // number changed
  27: "unreachable", // destination out of order
  28: "unreachable", // invalid number format
  // No line, or none fit for it: the network's trouble and not the person's.
  34: "failed", // no circuit
  38: "failed", // network out of order
  41: "failed", // temporary failure
  42: "failed", // switching equipment congestion
  44: "failed", // requested circuit not available
  46: "failed", // precedence call blocked
  47: "failed", // resource unavailable
  58: "failed", // bearer capability not available
};

/** Without a free line a gateway answers 486 or 600 as if the person were speaking; these causes give it away. */
const NO_LINE: ReadonlySet<number | null> = new Set([34, 42, 44, 47]);

/** Temporarily unavailable (RFC 3261 section 21.4.18): switched off, or rung out in a network that ends calls so. */
const UNAVAILABLE = 480;

/** How the telephone call ended, apart from how the verification ended (DESIGN section 3). */
export function outcomeOf(call: EndedCall): AttemptOutcome {
  if (call.lost) return "failed";
  if (call.answered) return "answered";
  if (call.withdrawn) return "canceled";
  // A trunk that never said a word is broken; a telephone that rang on is a person who is out.
  const silentTrunk = !call.progressed && (call.sipStatus === null || call.sipStatus === 408);
  if (call.rungOut) return silentTrunk ? "failed" : "no_answer";
  if (silentTrunk && call.sipStatus !== null) return "failed";
  return refusedAs(call);
}

function refusedAs({ sipStatus, q850Cause, rang }: EndedCall): AttemptOutcome {
  const byStatus = sipStatus === null ? undefined : BY_SIP_STATUS[sipStatus];
  if (byStatus === "busy" && NO_LINE.has(q850Cause)) return "failed";
  if (byStatus !== undefined) return byStatus;
  const byCause = q850Cause === null ? undefined : BY_Q850[q850Cause];
  if (byCause !== undefined) return byCause;
  if (sipStatus === UNAVAILABLE) return rang ? "no_answer" : "unreachable";
  return "failed";
}

/** The statuses for which RFC 3398 section 8.2.6.1 knows one cause, and which have that meaning everywhere. */
const CAUSE_OF_STATUS: Readonly<Partial<Record<number, number>>> = {
  404: 1,
  410: 22,
  484: 28,
  486: 17,
  600: 17,
  603: 21,
  604: 1,
};

/** The Q.850 cause that a refusal stands for where the network gave none; null: it stands for none in particular. */
export function causeOfStatus(sipStatus: number | null): number | null {
  return (sipStatus === null ? undefined : CAUSE_OF_STATUS[sipStatus]) ?? null;
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
    // Of messages.
    case "sent":
    case "delivered":
    case "undelivered":
    case "unknown":
      return "unreachable";
  }
}

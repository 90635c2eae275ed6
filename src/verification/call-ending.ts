import type { TurnedAway } from "./call-back.js";
import type { HungUpBy } from "./call-story.js";
import type { Direction } from "./request-terms.js";
import type { AttemptOutcome } from "./status.js";

/** How a call ended, so that somebody can be told what to do about it. */
export const CALL_ENDINGS = [
  "over",
  "person_hung_up",
  "hung_up",
  "rang_out",
  "busy",
  "declined",
  "screened",
  "no_such_number",
  "not_reachable",
  "withdrawn",
  "caller_gave_up",
  "needed_no_answer",
  "called_back",
  "evidence_lacked",
  "credentials_wanted",
  "forbidden",
  "no_line",
  "media_refused",
  "trunk_silent",
  "trunk_trouble",
  "interrupted",
] as const;
export type CallEnding = (typeof CALL_ENDINGS)[number];

/** Whose doing it was. */
export const ENDED_BY = ["us", "person", "carrier", "unknown"] as const;
export type EndedBy = (typeof ENDED_BY)[number];

const BY: Readonly<Record<CallEnding, EndedBy>> = {
  over: "us",
  person_hung_up: "person",
  // Kept from before it was noted who hung up.
  hung_up: "unknown",
  rang_out: "person",
  busy: "person",
  declined: "person",
  screened: "carrier",
  no_such_number: "person",
  not_reachable: "person",
  withdrawn: "us",
  caller_gave_up: "person",
  needed_no_answer: "us",
  called_back: "us",
  evidence_lacked: "us",
  credentials_wanted: "us",
  forbidden: "carrier",
  no_line: "carrier",
  media_refused: "carrier",
  trunk_silent: "carrier",
  trunk_trouble: "carrier",
  interrupted: "us",
};

/** What is kept of a call that is over. */
export interface KeptCall {
  readonly direction: Direction;
  readonly outcome: AttemptOutcome;
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
  /** Whether it rang or was answered, as far as the trunk told. */
  readonly wasTold: boolean;
  readonly hungUpBy: HungUpBy | null;
  readonly turnedAway: TurnedAway | null;
}

/** Q.850: no circuit, congestion in the network or in its switches. */
const NO_LINE: readonly (number | null)[] = [34, 42, 44, 47];
/** Q.850: unallocated, changed, badly formed. */
const NO_NUMBER: readonly (number | null)[] = [1, 22, 28];
const NO_NUMBER_STATUS: readonly (number | null)[] = [404, 410, 484, 604];
/** Q.850 58, bearer capability not available. */
const NO_BEARER = 58;

/** What a call's end was, and whose doing. */
export function endingOf(call: KeptCall): { readonly ending: CallEnding; readonly by: EndedBy } {
  const ending = call.direction === "inbound" ? inboundEnding(call) : outboundEnding(call);
  return { ending, by: BY[ending] };
}

function inboundEnding({ outcome, hungUpBy, turnedAway }: KeptCall): CallEnding {
  switch (outcome) {
    case "answered":
      return answeredEnding(hungUpBy);
    case "canceled":
      return "caller_gave_up";
    case "rejected":
      if (turnedAway === null) return "needed_no_answer";
      return turnedAway === "call_back" ? "called_back" : "evidence_lacked";
    case "no_answer":
    case "busy":
    case "unreachable":
    case "failed":
    case "sent":
    case "delivered":
    case "undelivered":
    case "unknown":
      return "interrupted";
  }
}

function outboundEnding(call: KeptCall): CallEnding {
  const { outcome, sipStatus, q850Cause, hungUpBy } = call;
  switch (outcome) {
    case "answered":
      return answeredEnding(hungUpBy);
    case "no_answer":
      return "rang_out";
    case "busy":
      return "busy";
    case "rejected":
      // RFC 8688: an analytics engine of the network has judged the call.
      return sipStatus === 608 ? "screened" : "declined";
    case "unreachable":
      return NO_NUMBER_STATUS.includes(sipStatus) || NO_NUMBER.includes(q850Cause)
        ? "no_such_number"
        : "not_reachable";
    case "canceled":
      return "withdrawn";
    case "failed":
      return failedEnding(call);
    case "sent":
    case "delivered":
    case "undelivered":
    case "unknown":
      return "interrupted";
  }
}

function answeredEnding(hungUpBy: HungUpBy | null): CallEnding {
  if (hungUpBy === "us") return "over";
  return hungUpBy === "them" ? "person_hung_up" : "hung_up";
}

function failedEnding({ sipStatus, q850Cause, hungUpBy, wasTold }: KeptCall): CallEnding {
  if (NO_LINE.includes(q850Cause) || sipStatus === 503) return "no_line";
  if (sipStatus === 488 || sipStatus === 606 || q850Cause === NO_BEARER) return "media_refused";
  if (sipStatus === 401 || sipStatus === 407) return "credentials_wanted";
  if (sipStatus === 403) return "forbidden";
  if (sipStatus === 408) return "trunk_silent";
  if (sipStatus !== null) return "trunk_trouble";
  // Rung out, and not one word from the trunk; else the call was lost with Asterisk or with us.
  if (hungUpBy === "us") return wasTold ? "interrupted" : "trunk_silent";
  return q850Cause === null ? "interrupted" : "trunk_trouble";
}

import { isTrunkTrouble, type RefusedCall } from "../verification/failover.js";
import type { AttemptOutcome } from "../verification/status.js";
import type { LastWord, Overheard } from "./last-word.js";
import type { LineEnd } from "./line.js";
import type { Fate } from "./trunk-line.js";

/** An Asterisk of the user's own does not tell what was answered before the end: there no second way is tried. */
const MAY_HAVE_RUNG = 183;

/** What is known of a call at the end of its way by one trunk. @param progressed whether anything was heard of it. */
export function refusedCall(
  end: LineEnd,
  outcome: AttemptOutcome,
  { sipStatus, isFromTrunk }: LastWord,
  progressed: boolean,
  overheard: Overheard | undefined,
): RefusedCall {
  const heard = overheard === undefined ? MAY_HAVE_RUNG : overheard.provisionalOf(end.callId ?? "");
  const provisional = progressed ? Math.max(heard, MAY_HAVE_RUNG) : heard;
  return { outcome, lost: end.lost, sipStatus, isFromTrunk, provisional };
}

/** @param reached whether it was answered, or anything was heard of it. */
export function fateOf(call: RefusedCall, reached: boolean): Fate {
  if (isTrunkTrouble(call)) return "failed";
  return reached || (call.isFromTrunk && call.outcome !== "failed") ? "carried" : "neither";
}

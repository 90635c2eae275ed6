import type { KeptCall } from "../verification/call-ending.js";
import type { Story } from "../verification/call-story.js";
import type { AttemptRow } from "./attempts.js";

/** What is kept of a call; null: it is not over. */
export function keptCall(attempt: AttemptRow, story: Story | null): KeptCall | null {
  const {
    direction,
    outcome,
    sip_status: sipStatus,
    q850_cause: q850Cause,
    turned_away: turnedAway,
  } = attempt;
  if (outcome === null) return null;
  const wasTold = attempt.ringing_at !== null || attempt.answered_at !== null;
  return { direction, outcome, sipStatus, q850Cause, wasTold, hungUpBy: story?.hungUpBy ?? null, turnedAway };
}

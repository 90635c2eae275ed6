import { OUTBOUND_SCRIPT, type Script } from "./script.js";

/** What becomes of a call that lacks the evidence which its client demands. */
export type TurnedAway = "refused" | "call_back";

/** Calls back per verification: whoever calls with a false number cannot make a telephone ring over and over. */
export const MAX_CALL_BACKS = 3;

/**
 * The conversation of a call back: we call the number of an inbound verification ourselves, because the
 * call that came in did not prove it. Null: no conversation suits, so there is no call back.
 *
 * THE PLACE for a call back of `caller_id`: that the telephone was picked up proves nothing (a voicemail
 * does that), so it needs a gate that only a person passes, and until there is one it has no call back.
 */
export function callBackScript(method: "keypad" | "spoken" | "caller_id"): Script | null {
  switch (method) {
    case "keypad":
      return OUTBOUND_SCRIPT;
    case "caller_id":
    case "spoken":
      return null;
  }
}

import type { PromptId } from "./prompt-id.js";
import type { Method } from "./request-terms.js";
import { OUTBOUND_SCRIPT, type Script } from "./script.js";
import type { Gate } from "./gate.js";

/** What becomes of a call that lacks the evidence which its client demands. */
export type TurnedAway = "refused" | "call_back";

/** What a client may set of that; the same in its own words. */
export const EVIDENCE_MISSING = ["refuse", "call_back"] as const;

/**
 * Calls back per verification: whoever calls with a false number cannot make a telephone ring over and over.
 * Of an enrollment, whose verifications are made by whoever calls: per hour, those that came to nothing.
 */
export const MAX_CALL_BACKS = 3;

/**
 * The conversation of a call back: we call the number of an inbound verification ourselves, because the
 * call that came in did not prove it. It asks for the code or the PIN; where the call alone was to be enough,
 * for a key that only a person presses, because a telephone that is picked up proves nothing.
 */
export type CallBack =
  { readonly asksFor: "code"; readonly script: Script } | { readonly asksFor: "key"; readonly gate: Gate };

/** Why we call, and the way out for whoever has not called us. */
const OPENING: readonly PromptId[] = ["silence-start", "company-name", "call-back-greeting"];

/**
 * A voicemail may have taken a call back, so its silence fails nothing: the person may call again.
 *
 * @param enrolled whether an enrollment made the verification: there is no screen to go back to.
 * @returns null: no conversation suits, so there is no call back.
 */
export function callBackOf(method: Method, enrolled: boolean): CallBack | null {
  switch (method) {
    case "keypad":
      return { asksFor: "code", script: enrolled ? PIN_SCRIPT : CODE_SCRIPT };
    case "caller_id":
      return { asksFor: "key", gate: confirmGate(enrolled ? "enrolled-verified" : "caller-verified") };
    case "spoken":
      return null;
  }
}

const CODE_SCRIPT: Script = { ...OUTBOUND_SCRIPT, finalSilence: "decides_nothing" };

const PIN_SCRIPT: Script = {
  opening: [...OPENING, "ask-pin"],
  askAgain: "ask-pin",
  verified: "enrolled-verified",
  takesFraudReport: true,
  finalSilence: "decides_nothing",
};

function confirmGate(verified: PromptId): Gate {
  return {
    opening: OPENING,
    question: "confirm-gate",
    behind: { kind: "confirm", verified },
    finalSilence: "decides_nothing",
  };
}

import type { PromptId } from "./prompt-id.js";

/**
 * What it means that nobody has keyed anything by the end of a conversation: the verification fails with
 * `no_input`, or the call has decided nothing.
 */
export type FinalSilence = "fails" | "decides_nothing";

/** What differs between the conversations that ask for a code: everything else is the same for all. */
export interface Script {
  /** Said after the answer. */
  readonly opening: readonly PromptId[];
  /** Asks once more, after a wrong code and after silence. */
  readonly askAgain: PromptId;
  /** Said when the code was right. */
  readonly verified: PromptId;
  /** Whether `0#` says "I did not ask for this call". */
  readonly takesFraudReport: boolean;
  readonly finalSilence: FinalSilence;
}

/** We called the person. */
export const OUTBOUND_SCRIPT: Script = {
  opening: ["silence-start", "company-name", "greeting", "ask-code"],
  askAgain: "ask-code-again",
  verified: "verified",
  takesFraudReport: true,
  finalSilence: "fails",
};

/** The person called us, so nobody can complain of a call that was not asked for. */
export const INBOUND_SCRIPT: Script = {
  opening: ["silence-start", "company-name", "inbound-greeting", "ask-code-inbound"],
  askAgain: "ask-code-again",
  verified: "verified",
  takesFraudReport: false,
  finalSilence: "fails",
};

/** An enrolled person called us: asked for the PIN, and there is no screen to go back to. */
export const ENROLLED_SCRIPT: Script = {
  opening: ["silence-start", "company-name", "inbound-greeting", "ask-pin"],
  askAgain: "ask-pin",
  verified: "enrolled-verified",
  takesFraudReport: false,
  finalSilence: "fails",
};

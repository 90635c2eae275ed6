import type { PromptId } from "./prompt-id.js";

/** What differs between the conversations that ask for a code: everything else is the same for all. */
export interface Script {
  /** Said after the answer. */
  readonly opening: readonly PromptId[];
  /** Asks once more, after a wrong code and after silence. */
  readonly askAgain: PromptId;
  /** Whether `0#` says "I did not ask for this call". */
  readonly takesFraudReport: boolean;
}

/** We called the person. */
export const OUTBOUND_SCRIPT: Script = {
  opening: ["silence-start", "company-name", "greeting", "ask-code"],
  askAgain: "ask-code-again",
  takesFraudReport: true,
};

/** The person called us, so nobody can complain of a call that was not asked for. */
export const INBOUND_SCRIPT: Script = {
  opening: ["silence-start", "company-name", "inbound-greeting", "ask-code-inbound"],
  askAgain: "ask-code-again",
  takesFraudReport: false,
};

import { announce } from "./announcement.js";
import { callBackOf } from "./call-back.js";
import { SPOKEN_GATE } from "./gate.js";
import type { PromptId } from "./prompt-id.js";
import { ENROLLED_SCRIPT, INBOUND_SCRIPT, OUTBOUND_SCRIPT, type Script } from "./script.js";
import { spell } from "./spelling.js";
import type { Transaction } from "./transaction.js";

/** Ways that a call may take, to be listened to without one. */
export type SampleName =
  | "keypad_right"
  | "keypad_wrong_then_right"
  | "keypad_failed"
  | "keypad_silence"
  | "keypad_fraud"
  | "keypad_transaction"
  | "inbound_right"
  | "enrolled_right"
  | "spoken"
  | "call_back";

/** The code and the key that are told in them; nobody's. */
const CODE = "271828";
const KEY: PromptId = "digit-5";
/** An amount of which the pieces are the same in every language. */
const PAID: Transaction = { amount: "300", currency: "JPY", payee: "", reference: "" };

/** What a person hears in each, piece by piece, as the conversations would say it. */
export function sampleConversations(): Readonly<Record<SampleName, readonly PromptId[]>> {
  const { opening, askAgain, verified } = OUTBOUND_SCRIPT;
  const code = spell(CODE);
  return {
    keypad_right: right(OUTBOUND_SCRIPT),
    keypad_wrong_then_right: [...opening, "wrong-code", "tries-left-2", askAgain, verified, "goodbye"],
    keypad_failed: [
      ...([...opening, "wrong-code", "tries-left-2", askAgain] as const),
      ...(["wrong-code", "tries-left-1", askAgain, "failed", "goodbye"] as const),
    ],
    keypad_silence: [
      ...([...opening, "no-input", askAgain, "no-input", askAgain] as const),
      ...(["no-input-final", "goodbye"] as const),
    ],
    keypad_fraud: [...opening, "fraud-reported", "goodbye"],
    keypad_transaction: [
      ...opening.slice(0, -1),
      ...announce(PAID, "ja"),
      ...(["transaction-choices", "ask-code-transaction", verified, "goodbye"] as const),
    ],
    inbound_right: right(INBOUND_SCRIPT),
    enrolled_right: right(ENROLLED_SCRIPT),
    spoken: [
      ...([...SPOKEN_GATE.opening, SPOKEN_GATE.question, KEY] as const),
      ...(["spoken-intro", "pause-short", ...code, "pause-group"] as const),
      ...(["spoken-again", "pause-short", ...code, "pause-group"] as const),
      ...(["spoken-repeat-offer", "spoken-done", "goodbye"] as const),
    ],
    call_back: calledBack(),
  };
}

function right({ opening, verified }: Script): PromptId[] {
  return [...opening, verified, "goodbye"];
}

function calledBack(): PromptId[] {
  const back = callBackOf("caller_id", false);
  if (back?.asksFor !== "key" || back.gate.behind.kind !== "confirm") return [];
  const { opening, question, behind } = back.gate;
  return [...opening, question, KEY, behind.verified, "goodbye"];
}

import { announcedKeypad } from "./announced-keypad.js";
import { announcedSpoken } from "./announced-spoken.js";
import { callBackOf } from "./call-back.js";
import { type Key, type Talk, talkBy } from "./dialogue.js";
import { keypadDialogue, type KeypadRules } from "./keypad-conversation.js";
import type { PromptId } from "./prompt-id.js";
import type { Method } from "./request-terms.js";
import { ENROLLED_SCRIPT, INBOUND_SCRIPT, OUTBOUND_SCRIPT, type Script } from "./script.js";
import { type Gate, SPOKEN_GATE } from "./gate.js";
import { spokenDialogue } from "./spoken-conversation.js";

/** Who called whom: we the person, the person us, or we back, because a call that came in proved too little. */
export type CallKind = "out" | "in" | "back";

/** What the conversations need to know of the verification and of the settings. */
export interface TalkRules extends Omit<KeypadRules, "script"> {
  /** 1 to 9, drawn for this call. */
  readonly gateDigit: Key;
  /** What is told before the code is asked for or told; undefined: the code is for no transaction. */
  readonly announcement?: readonly PromptId[] | undefined;
}

/** Begins one. */
export type Conversation = (rules: TalkRules) => Talk;

/**
 * The conversations that there are, one line each. Null: such a call has none, because its arrival says all, or because
 * it is never made.
 *
 * @property enrolled whether an enrollment made the verification: there is no screen to go back to.
 */
const CONVERSATIONS: Readonly<
  Record<CallKind, Readonly<Record<Method, (enrolled: boolean) => Conversation | null>>>
> = {
  out: {
    keypad: () => asksForCode(OUTBOUND_SCRIPT),
    spoken: () => behindGate(SPOKEN_GATE),
    caller_id: () => null,
  },
  in: {
    keypad: (enrolled) => asksForCode(enrolled ? ENROLLED_SCRIPT : INBOUND_SCRIPT),
    spoken: () => null,
    caller_id: () => null,
  },
  back: {
    keypad: (enrolled) => callsBack("keypad", enrolled),
    spoken: (enrolled) => callsBack("spoken", enrolled),
    caller_id: (enrolled) => callsBack("caller_id", enrolled),
  },
};

export function conversationOf(call: CallKind, method: Method, enrolled: boolean): Conversation | null {
  return CONVERSATIONS[call][method](enrolled);
}

function asksForCode(script: Script): Conversation {
  return ({ codeLength, firstKeyMs, nextKeyMs, silencesForgiven, announcement }) => {
    const rules = { codeLength, firstKeyMs, nextKeyMs, silencesForgiven, script };
    return announcement === undefined
      ? talkBy(keypadDialogue(rules))
      : talkBy(announcedKeypad(rules, announcement));
  };
}

function behindGate(gate: Gate): Conversation {
  return ({ gateDigit, firstKeyMs, silencesForgiven, announcement }) => {
    const rules = { ...gate, gateDigit, firstKeyMs, silencesForgiven };
    return announcement === undefined
      ? talkBy(spokenDialogue(rules))
      : talkBy(announcedSpoken(rules, announcement));
  };
}

function callsBack(method: Method, enrolled: boolean): Conversation | null {
  const back = callBackOf(method, enrolled);
  switch (back?.asksFor) {
    case "code":
      return asksForCode(back.script);
    case "key":
      return behindGate(back.gate);
    case undefined:
      return null;
  }
}

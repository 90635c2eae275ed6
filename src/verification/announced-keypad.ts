import type { Dialogue, Effect, Input, Step } from "./dialogue.js";
import { type KeypadConversation, keypadDialogue, type KeypadRules } from "./keypad-conversation.js";
import type { PromptId } from "./prompt-id.js";
import { REFUSE, tell, TELLING, type Telling, whileTelling } from "./telling.js";

/** The conversation that tells of a transaction, and then asks for the code that agrees to it. */
type AnnouncedKeypad =
  | { readonly phase: "before" }
  | Telling
  /** `zero`: the last key before the question was a 0, of which a # makes a refusal still. */
  | { readonly phase: "asking"; readonly inner: KeypadConversation; readonly zero: boolean };

/** @param announcement what is told, and may be told again. */
export function announcedKeypad(
  rules: KeypadRules,
  announcement: readonly PromptId[],
): Dialogue<AnnouncedKeypad> {
  const { script } = rules;
  const inner = keypadDialogue({
    ...rules,
    script: {
      ...script,
      opening: ["transaction-choices", "ask-code-transaction"],
      askAgain: "ask-code-transaction",
      takesFraudReport: true,
    },
  });
  // All but the question of a call without a transaction.
  const greeting = script.opening.slice(0, -1);

  const onInner = (state: KeypadConversation, input: Input): Step<AnnouncedKeypad> => {
    const { next, effects } = inner.step(state, input);
    return { next: { phase: "asking", inner: next, zero: false }, effects: effects.map(asRefusal) };
  };

  const onTelling = (state: Telling, input: Exclude<Input, { type: "ended" }>): Step<AnnouncedKeypad> => {
    const heard = whileTelling(state, input);
    switch (heard.kind) {
      case "told": {
        const { next, effects } = inner.step(inner.before, { type: "answered" });
        return { next: { phase: "asking", inner: next, zero: state.zero }, effects };
      }
      case "again":
        return { next: TELLING, effects: tell(announcement) };
      case "refused":
        return REFUSED;
      case "goes_on":
        return { next: { phase: "telling", zero: heard.zero }, effects: [] };
    }
  };

  return {
    before: { phase: "before" },
    step: (state, input) => {
      if (state.phase === "asking") {
        if (state.zero && input.type === "key" && input.key === "#") return REFUSED;
        // Of what is said meanwhile it is no end.
        if (state.zero && input.type !== "key") {
          const { next, effects } = onInner(state.inner, input);
          return { next: next.phase === "asking" ? { ...next, zero: true } : next, effects };
        }
        return wantsToHearAgain(state.inner, input)
          ? { next: TELLING, effects: tell(announcement) }
          : onInner(state.inner, input);
      }
      if (input.type === "ended") return onInner(inner.before, input);
      if (state.phase === "telling") return onTelling(state, input);
      return input.type === "answered"
        ? { next: TELLING, effects: tell([...greeting, ...announcement]) }
        : { next: state, effects: [] };
    },
  };
}

const RULING: KeypadConversation = {
  phase: "ruling",
  silences: 0,
  speaking: false,
  hashOwed: false,
  ahead: [],
};

const REFUSED: Step<AnnouncedKeypad> = {
  next: { phase: "asking", inner: RULING, zero: false },
  effects: [{ do: "hush" }, { do: "stop_waiting" }, REFUSE],
};

/** With something keyed already, `*` clears that first. */
function wantsToHearAgain(inner: KeypadConversation, input: Input): boolean {
  return input.type === "key" && input.key === "*" && inner.phase === "asking" && inner.keyed === "";
}

function asRefusal(effect: Effect): Effect {
  return effect.do === "rule" && effect.entry.kind === "fraud_report" ? REFUSE : effect;
}

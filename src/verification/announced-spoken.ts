import type { Dialogue, Input, Step } from "./dialogue.js";
import type { SpokenRules } from "./gate.js";
import type { PromptId } from "./prompt-id.js";
import { type SpokenConversation, spokenDialogue } from "./spoken-conversation.js";
import { keyed, REFUSE, tell, TELLING, type Telling, whileTelling } from "./telling.js";

/** Told again this often at most: a call is no loudspeaker. */
const TOLD_AGAIN = 3;

/**
 * The conversation that tells of a transaction behind the gate, where no voicemail hears it, and then reads the code
 * that agrees to it.
 */
type AnnouncedSpoken =
  | (Telling & { readonly secret: string; readonly again: number })
  | {
      readonly phase: "inner";
      readonly inner: SpokenConversation;
      readonly zero: boolean;
      /** How often it was told again; null: not told yet. */
      readonly again: number | null;
    };

type Inner = Extract<AnnouncedSpoken, { phase: "inner" }>;
type Told = Extract<AnnouncedSpoken, { phase: "telling" }>;
type AnnouncedStep = Step<AnnouncedSpoken>;

/** @param announcement what is told, and may be told again. */
export function announcedSpoken(
  rules: SpokenRules,
  announcement: readonly PromptId[],
): Dialogue<AnnouncedSpoken> {
  const inner = spokenDialogue(rules);
  const pieces: readonly PromptId[] = [...announcement, "transaction-choices"];

  const telling = (secret: string, again: number): AnnouncedStep => ({
    next: { ...TELLING, secret, again },
    effects: tell(pieces),
  });

  const onInner = (state: Inner, input: Input): AnnouncedStep => {
    if (state.inner.phase === "revealing" && input.type === "revealed") return telling(input.secret, 0);
    const readsOrOffers = state.inner.phase === "reading" || state.inner.phase === "offering";
    if (readsOrOffers && input.type === "key") {
      const heard = keyed(state.zero, input.key);
      if (heard.kind === "refused") return refused(state.again);
      const again = state.again ?? 0;
      if (heard.kind === "again" && again < TOLD_AGAIN) return telling(state.inner.secret, again + 1);
      const zero = heard.kind === "goes_on" && heard.zero;
      return stepped({ ...state, zero }, input);
    }
    return stepped(state, input);
  };

  const stepped = (state: Inner, input: Input): AnnouncedStep => {
    const { next, effects } = inner.step(state.inner, input);
    return { next: { ...state, inner: next }, effects };
  };

  const onTelling = (state: Told, input: Exclude<Input, { type: "ended" }>): AnnouncedStep => {
    const { secret, again } = state;
    const heard = whileTelling(state, input);
    switch (heard.kind) {
      case "told":
        // A # may still make a refusal of a 0 that was keyed at the end of it.
        return stepped(
          { ...begun({ phase: "revealing", speaking: false }, again), zero: state.zero },
          { type: "revealed", secret },
        );
      case "again":
        return again < TOLD_AGAIN ? telling(secret, again + 1) : { next: state, effects: [] };
      case "refused":
        return refused(again);
      case "goes_on":
        return { next: { ...state, zero: heard.zero }, effects: [] };
    }
  };

  return {
    before: begun(inner.before, null),
    step: (state, input) => {
      if (state.phase === "inner") return onInner(state, input);
      return input.type === "ended"
        ? stepped(begun(inner.before, state.again), input)
        : onTelling(state, input);
    },
  };
}

function begun(inner: SpokenConversation, again: number | null): Inner {
  return { phase: "inner", inner, zero: false, again };
}

function refused(again: number | null): AnnouncedStep {
  return {
    next: begun({ phase: "ruling", speaking: false }, again),
    effects: [{ do: "hush" }, { do: "stop_waiting" }, REFUSE],
  };
}

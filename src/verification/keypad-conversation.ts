import type { Dialogue, Effect, Input, Key, Step as StepOf } from "./dialogue.js";
import type { Entry } from "./ruling.js";
import type { PromptId } from "./prompt-id.js";
import { triesLeftPrompt } from "./prompt-id.js";
import type { Script } from "./script.js";
import type { VerificationStatus } from "./status.js";

/** The conversation that asks for a code to be keyed. */

export interface KeypadRules {
  readonly codeLength: number;
  /** Wait for the first key of an entry, milliseconds after the prompt has ended. */
  readonly firstKeyMs: number;
  /** Wait for each further key, milliseconds. */
  readonly nextKeyMs: number;
  /** How often silence is answered by asking again before it counts as no input. */
  readonly silencesForgiven: number;
  readonly script: Script;
}

interface Common {
  readonly silences: number;
  readonly speaking: boolean;
}

export type KeypadConversation =
  | (Common & {
      readonly phase: "asking";
      readonly keyed: string;
      /** Of what was keyed one may be told twice. */
      readonly doubtful: boolean;
      /** The last entry ended by its length: a `#` pressed after it belongs to it, not to the next. */
      readonly hashOwed: boolean;
    })
  | (Common & { readonly phase: "ruling"; readonly hashOwed: boolean; readonly ahead: readonly Key[] })
  | (Common & { readonly phase: "closing" });

/** Keys that a person may type ahead while the database is asked (a few milliseconds). */
const MAX_TYPED_AHEAD = 16;

export const BEFORE_ANSWER: KeypadConversation = {
  phase: "asking",
  keyed: "",
  doubtful: false,
  hashOwed: false,
  silences: 0,
  speaking: false,
};

/** The conversation that asks for a code to be keyed. */
export function keypadDialogue(rules: KeypadRules): Dialogue<KeypadConversation> {
  return { before: BEFORE_ANSWER, step: (state, input) => step(state, input, rules) };
}

export function step(state: KeypadConversation, input: Input, rules: KeypadRules): Step {
  if (input.type === "ended") return onEnded(state, input.status, rules);
  switch (state.phase) {
    case "asking":
      return onAsking(state, input, rules);
    case "ruling":
      return onRuling(state, input, rules);
    case "closing":
      return input.type === "said"
        ? { next: { ...state, speaking: false }, effects: [{ do: "hang_up" }] }
        : { next: state, effects: [] };
  }
}

type Step = StepOf<KeypadConversation>;
type Asking = Extract<KeypadConversation, { phase: "asking" }>;
type RulingPhase = Extract<KeypadConversation, { phase: "ruling" }>;

function onAsking(state: Asking, input: Exclude<Input, { type: "ended" }>, rules: KeypadRules): Step {
  switch (input.type) {
    case "answered":
      return ask(state, rules.script.opening);
    case "said":
      return {
        next: { ...state, speaking: false },
        effects: [{ do: "wait", ms: state.keyed === "" ? rules.firstKeyMs : rules.nextKeyMs }],
      };
    case "waited":
      return onSilence(state, rules);
    case "key":
      return onKey(input.doubtful === true ? { ...state, doubtful: true } : state, input.key, rules);
    case "ruled":
    case "revealed":
      return { next: state, effects: [] };
  }
}

function onKey(state: Asking, key: Key, rules: KeypadRules): Step {
  if (key === "#" && state.keyed === "" && state.hashOwed) {
    return { next: { ...state, hashOwed: false }, effects: [] };
  }
  const hush: Effect[] = state.speaking ? [{ do: "hush" }] : [];
  const heard: Asking = { ...state, speaking: false, hashOwed: false };
  if (key === "*" || (key === "#" && state.keyed === "")) {
    return {
      next: { ...heard, keyed: "", doubtful: false },
      effects: [...hush, { do: "wait", ms: rules.firstKeyMs }],
    };
  }
  if (key === "#") {
    const entry: Entry =
      state.keyed === "0" && rules.script.takesFraudReport
        ? { kind: "fraud_report" }
        : { kind: "code", digits: state.keyed };
    const isOneShort = state.keyed.length === rules.codeLength - 1;
    return isOneShort ? onUnclear(heard, entry, false, hush, rules) : submit(heard, entry, false, hush);
  }
  const keyed = state.keyed + key;
  if (keyed.length >= rules.codeLength) {
    const entry: Entry = { kind: "code", digits: keyed };
    return state.doubtful ? onUnclear(heard, entry, true, hush, rules) : submit(heard, entry, true, hush);
  }
  return { next: { ...heard, keyed }, effects: [...hush, { do: "wait", ms: rules.nextKeyMs }] };
}

function submit(state: Asking, entry: Entry, hashOwed: boolean, before: readonly Effect[]): Step {
  return {
    next: { phase: "ruling", silences: state.silences, speaking: false, hashOwed, ahead: [] },
    effects: [...before, { do: "stop_waiting" }, { do: "rule", entry }],
  };
}

/**
 * The network may have lost one key, or brought one twice: nobody hears that a code is wrong for that. It is asked for
 * again as after silence, and as often; nothing is compared, so nobody who guesses learns anything.
 */
function onUnclear(
  state: Asking,
  entry: Entry,
  hashOwed: boolean,
  before: readonly Effect[],
  rules: KeypadRules,
): Step {
  if (state.silences >= rules.silencesForgiven) return submit(state, entry, hashOwed, before);
  const { next, effects } = onSilence(state, rules);
  return { next: next.phase === "asking" ? { ...next, hashOwed } : next, effects: [...before, ...effects] };
}

/** Half an entry and then silence is not a wrong code: it is dropped and asked for again. */
function onSilence(state: Asking, rules: KeypadRules): Step {
  if (state.silences < rules.silencesForgiven) {
    return ask({ ...state, silences: state.silences + 1 }, ["no-input", rules.script.askAgain]);
  }
  switch (rules.script.finalSilence) {
    case "fails":
      return submit(state, { kind: "no_input" }, false, []);
    case "decides_nothing":
      return close(state, finalGuidance("no_input"));
  }
}

function ask(state: Asking, pieces: readonly PromptId[]): Step {
  return { next: { ...state, keyed: "", doubtful: false, speaking: true }, effects: [{ do: "say", pieces }] };
}

function onRuling(state: RulingPhase, input: Exclude<Input, { type: "ended" }>, rules: KeypadRules): Step {
  if (input.type === "key") {
    const ahead = state.ahead.length < MAX_TYPED_AHEAD ? [...state.ahead, input.key] : state.ahead;
    return { next: { ...state, ahead }, effects: [] };
  }
  if (input.type !== "ruled") return { next: state, effects: [] };
  switch (input.ruling.kind) {
    case "verified":
      return close(state, [rules.script.verified, "goodbye"]);
    case "failed":
      return close(state, finalGuidance(input.ruling.reason));
    case "closed":
      return onEnded(state, input.ruling.status, rules);
    case "barred":
      return close(state, ["service-trouble", "goodbye"]);
    case "wrong":
      return askAgain(state, input.ruling.triesLeft, rules);
  }
}

function askAgain(state: RulingPhase, triesLeft: number, rules: KeypadRules): Step {
  // The person has shown to be there: the silences so far are forgotten.
  const asking: Asking = {
    phase: "asking",
    keyed: "",
    doubtful: false,
    hashOwed: state.hashOwed,
    silences: 0,
    speaking: false,
  };
  let current: Step = ask(asking, ["wrong-code", triesLeftPrompt(triesLeft), rules.script.askAgain]);
  for (const key of state.ahead) {
    const further = step(current.next, { type: "key", key }, rules);
    current = { next: further.next, effects: [...current.effects, ...further.effects] };
  }
  return current;
}

function finalGuidance(reason: string): readonly PromptId[] {
  switch (reason) {
    case "fraud_reported":
      return ["fraud-reported", "goodbye"];
    case "transaction_refused":
      return ["transaction-refused", "goodbye"];
    case "no_input":
      return ["no-input-final", "goodbye"];
    default:
      return ["failed", "goodbye"];
  }
}

function close(state: KeypadConversation, pieces: readonly PromptId[]): Step {
  return {
    next: { phase: "closing", silences: state.silences, speaking: true },
    effects: [{ do: "stop_waiting" }, { do: "say", pieces }],
  };
}

/** A decided conversation speaks on undisturbed; any other is told why it stops. */
function onEnded(
  state: KeypadConversation,
  status: VerificationStatus | "unavailable",
  rules: KeypadRules,
): Step {
  if (state.phase === "closing") return { next: state, effects: [] };
  switch (status) {
    case "expired":
      return close(state, ["expired", "goodbye"]);
    case "verified":
      return close(state, [rules.script.verified, "goodbye"]);
    case "failed":
      return close(state, ["failed", "goodbye"]);
    case "canceled":
      return {
        next: { phase: "closing", silences: state.silences, speaking: false },
        effects: [{ do: "hang_up" }],
      };
    case "pending":
    case "in_progress":
    case "unavailable":
      return close(state, ["service-trouble", "goodbye"]);
  }
}

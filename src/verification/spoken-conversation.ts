import type { Dialogue, Effect, Input, Key, Step } from "./dialogue.js";
import { digitPrompt, type PromptId } from "./prompt-id.js";
import type { Entry, Ruling } from "./ruling.js";
import type { SpokenRules } from "./gate.js";
import { spell } from "./spelling.js";
import type { FailureReason, VerificationStatus } from "./status.js";

/**
 * The conversation behind a gate: what is meant for a person must never be recorded by a voicemail, nor may
 * a voicemail confirm anything. So first a digit has to be pressed that is named only on this call. A code
 * is not even in the state until then: it comes with `revealed`, which only the right key asks for.
 */

/** The code is read twice in any case, and this often more when it is asked for: a call is no loudspeaker. */
const READINGS = 2;
const REPEATS = 3;

export type SpokenConversation =
  | {
      readonly phase: "gate";
      readonly speaking: boolean;
      /** Whether the digit has been named since it was last asked for: a key before that is a guess. */
      readonly named: boolean;
      /** Times that it was asked again. */
      readonly askedAgain: number;
      /** The last key was a 0: a # makes it a fraud report. */
      readonly zero: boolean;
    }
  | { readonly phase: "revealing"; readonly speaking: false }
  /** @property readings begun so far */
  | { readonly phase: "reading"; readonly speaking: true; readonly secret: string; readonly readings: number }
  | {
      readonly phase: "offering";
      readonly speaking: boolean;
      readonly secret: string;
      readonly readings: number;
    }
  | { readonly phase: "ruling"; readonly speaking: false }
  | { readonly phase: "closing"; readonly speaking: boolean };

type Phase<Name extends SpokenConversation["phase"]> = Extract<SpokenConversation, { phase: Name }>;
type SpokenStep = Step<SpokenConversation>;

const BEFORE_GATE: SpokenConversation = {
  phase: "gate",
  speaking: false,
  named: false,
  askedAgain: 0,
  zero: false,
};

export function spokenDialogue(rules: SpokenRules): Dialogue<SpokenConversation> {
  return { before: BEFORE_GATE, step: (state, input) => step(state, input, rules) };
}

function step(state: SpokenConversation, input: Input, rules: SpokenRules): SpokenStep {
  if (input.type === "ended") return onEnded(state, input.status);
  switch (state.phase) {
    case "gate":
      return atGate(state, input, rules);
    case "revealing":
      return input.type === "revealed"
        ? read(input.secret, 1, ["spoken-intro", "pause-short"])
        : { next: state, effects: [] };
    case "reading":
      return input.type === "said" ? onRead(state) : { next: state, effects: [] };
    case "offering":
      return onOffered(state, input, rules);
    case "ruling":
      return input.type === "ruled" ? onRuled(state, input.ruling, rules) : { next: state, effects: [] };
    case "closing":
      return input.type === "said"
        ? { next: { ...state, speaking: false }, effects: [{ do: "hang_up" }] }
        : { next: state, effects: [] };
  }
}

function atGate(state: Phase<"gate">, input: Input, rules: SpokenRules): SpokenStep {
  switch (input.type) {
    case "answered":
      return ask(state, [...rules.opening, rules.question]);
    case "said":
      // Apart from the question, so that it is known from when on the digit can be known.
      return state.named
        ? { next: { ...state, speaking: false }, effects: [{ do: "wait", ms: rules.firstKeyMs }] }
        : say({ ...state, named: true, speaking: true }, [digitPrompt(rules.gateDigit)]);
    case "waited":
      return refuse(state, rules);
    case "key":
      return onKey(state, input.key, rules);
    case "ruled":
    case "revealed":
    case "ended":
      return { next: state, effects: [] };
  }
}

function onKey(state: Phase<"gate">, key: Key, rules: SpokenRules): SpokenStep {
  if (key === "#" && state.zero) return submit(state, { kind: "fraud_report" });
  if (key === "0") {
    // No answer yet: the # may follow at its leisure, and the question is spoken on meanwhile.
    const effects: Effect[] = state.speaking ? [] : [{ do: "wait", ms: rules.firstKeyMs }];
    return { next: { ...state, zero: true }, effects };
  }
  if (!state.named) return { next: { ...state, zero: false }, effects: [] };
  if (key !== rules.gateDigit) return refuse(state, rules);
  switch (rules.behind.kind) {
    case "read":
      return reveal(state);
    case "confirm":
      return submit(state, { kind: "caller_number" });
  }
}

/**
 * A wrong key is as good as none. One answer to each asking: a machine that plays digit after digit
 * into the question gets no more tries than silence does.
 */
function refuse(state: Phase<"gate">, rules: SpokenRules): SpokenStep {
  if (state.askedAgain < rules.silencesForgiven) {
    return ask({ ...state, askedAgain: state.askedAgain + 1 }, [rules.question]);
  }
  switch (rules.finalSilence) {
    case "fails":
      return submit(state, { kind: "no_input" });
    case "decides_nothing":
      return close(["no-input-final", "goodbye"]);
  }
}

function ask(state: Phase<"gate">, pieces: readonly PromptId[]): SpokenStep {
  return say({ ...state, speaking: true, named: false, zero: false }, pieces);
}

function reveal(state: Phase<"gate">): SpokenStep {
  return {
    next: { phase: "revealing", speaking: false },
    effects: [...hushed(state), { do: "stop_waiting" }, { do: "reveal" }],
  };
}

function read(secret: string, readings: number, before: readonly PromptId[]): SpokenStep {
  return say({ phase: "reading", speaking: true, secret, readings }, [...before, ...spell(secret)]);
}

function onRead({ secret, readings }: Phase<"reading">): SpokenStep {
  if (readings < READINGS) return readAgain(secret, readings);
  if (readings >= READINGS + REPEATS) return close(["pause-group", "spoken-done", "goodbye"]);
  return say({ phase: "offering", speaking: true, secret, readings }, ["pause-group", "spoken-repeat-offer"]);
}

function readAgain(secret: string, readings: number): SpokenStep {
  return read(secret, readings + 1, ["pause-group", "spoken-again", "pause-short"]);
}

function onOffered(state: Phase<"offering">, input: Input, rules: SpokenRules): SpokenStep {
  switch (input.type) {
    case "said":
      return { next: { ...state, speaking: false }, effects: [{ do: "wait", ms: rules.firstKeyMs }] };
    case "key":
      return input.key === "1" ? readAgain(state.secret, state.readings) : { next: state, effects: [] };
    case "waited":
      return close(["spoken-done", "goodbye"]);
    case "answered":
    case "ruled":
    case "revealed":
    case "ended":
      return { next: state, effects: [] };
  }
}

function submit(state: Phase<"gate">, entry: Entry): SpokenStep {
  return {
    next: { phase: "ruling", speaking: false },
    effects: [...hushed(state), { do: "stop_waiting" }, { do: "rule", entry }],
  };
}

function onRuled(state: Phase<"ruling">, ruling: Ruling, { behind }: SpokenRules): SpokenStep {
  switch (ruling.kind) {
    case "verified":
      return close([...(behind.kind === "confirm" ? [behind.verified] : []), "goodbye"]);
    case "closed":
      return onEnded(state, ruling.status);
    case "wrong":
      return close(["failed", "goodbye"]);
    case "barred":
      return close(["service-trouble", "goodbye"]);
    case "failed":
      return close([FINAL_GUIDANCE[ruling.reason] ?? "failed", "goodbye"]);
  }
}

const FINAL_GUIDANCE: Readonly<Partial<Record<FailureReason, PromptId>>> = {
  fraud_reported: "fraud-reported",
  no_input: "no-input-final",
  transaction_refused: "transaction-refused",
};

/** A conversation that is closing speaks on undisturbed; any other is told why it stops. */
function onEnded(state: SpokenConversation, status: VerificationStatus | "unavailable"): SpokenStep {
  if (state.phase === "closing") return { next: state, effects: [] };
  switch (status) {
    case "expired":
      return close(["expired", "goodbye"]);
    case "verified":
      // The person has typed it meanwhile, and knows from the page.
      return close(["goodbye"]);
    case "failed":
      return close(["failed", "goodbye"]);
    case "canceled":
      return { next: { phase: "closing", speaking: false }, effects: [{ do: "hang_up" }] };
    case "pending":
    case "in_progress":
    case "unavailable":
      return close(["service-trouble", "goodbye"]);
  }
}

function close(pieces: readonly PromptId[]): SpokenStep {
  const { next, effects } = say({ phase: "closing", speaking: true }, pieces);
  return { next, effects: [{ do: "stop_waiting" }, ...effects] };
}

function say(next: SpokenConversation, pieces: readonly PromptId[]): SpokenStep {
  return { next, effects: [{ do: "say", pieces }] };
}

function hushed({ speaking }: SpokenConversation): Effect[] {
  return speaking ? [{ do: "hush" }] : [];
}

import type { Effect, Input, Key } from "./dialogue.js";
import type { PromptId } from "./prompt-id.js";

/**
 * While a transaction is told: it is heard out, so that nobody agrees to what he has not heard. Keys of a code are no
 * answer yet; `*` tells it again, `0#` refuses it.
 */
export interface Telling {
  readonly phase: "telling";
  /** The last key was a 0: a # makes it a refusal. */
  readonly zero: boolean;
}

export const TELLING: Telling = { phase: "telling", zero: false };

type Heard =
  | { readonly kind: "told" }
  | { readonly kind: "again" }
  | { readonly kind: "refused" }
  | { readonly kind: "goes_on"; readonly zero: boolean };

/** What a key, or the end of the sound, means meanwhile. */
export function whileTelling({ zero }: Telling, input: Exclude<Input, { type: "ended" }>): Heard {
  switch (input.type) {
    case "said":
      return { kind: "told" };
    case "key":
      return keyed(zero, input.key);
    case "answered":
    case "waited":
    case "ruled":
    case "revealed":
      return { kind: "goes_on", zero };
  }
}

export function keyed(zero: boolean, key: Key): Exclude<Heard, { kind: "told" }> {
  if (key === "*") return { kind: "again" };
  if (key === "#" && zero) return { kind: "refused" };
  return { kind: "goes_on", zero: key === "0" };
}

export function tell(pieces: readonly PromptId[]): Effect[] {
  return [{ do: "stop_waiting" }, { do: "say", pieces }];
}

/** In place of a report of fraud: the call was asked for, what it tells is not agreed to. */
export const REFUSE: Effect = { do: "rule", entry: { kind: "refusal" } };

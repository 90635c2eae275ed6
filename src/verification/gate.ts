import type { Key } from "./dialogue.js";
import type { PromptId } from "./prompt-id.js";
import type { FinalSilence } from "./script.js";

export interface SpokenRules {
  /** Said after the answer, before the gate. Harmless on a voicemail. */
  readonly opening: readonly PromptId[];
  /** Asks for a key; the digit is named after it. */
  readonly question: PromptId;
  /** What the right key leads to: the code is read, or the call has proved its number and `verified` is said. */
  readonly behind: { readonly kind: "read" } | { readonly kind: "confirm"; readonly verified: PromptId };
  /** The digit to press, 1 to 9: a 0 begins a fraud report. */
  readonly gateDigit: Key;
  /** Wait for a key, milliseconds after everything has been heard. */
  readonly firstKeyMs: number;
  /** How often silence, or a wrong key, at the gate is answered by asking again. */
  readonly silencesForgiven: number;
  /** No key, or wrong ones only, to the end. */
  readonly finalSilence: FinalSilence;
}

/** What differs between the conversations behind a gate. */
export type Gate = Pick<SpokenRules, "opening" | "question" | "behind" | "finalSilence">;

/** We call the person to tell a code. */
export const SPOKEN_GATE: Gate = {
  opening: ["silence-start", "company-name", "spoken-greeting"],
  question: "human-gate",
  behind: { kind: "read" },
  finalSilence: "fails",
};

import { CURRENCY_PIECES, NUMBER_PIECES } from "./spoken-amount/pieces.js";

/** Pieces of recorded guidance, by stable id. Each is a file in `sounds/<locale>/`. */
export const PROMPT_IDS = [
  "silence-start",
  "silence-listening",
  "company-name",
  "greeting",
  "ask-code",
  "ask-code-again",
  "wrong-code",
  "tries-left-1",
  "tries-left-2",
  "tries-left-3",
  "tries-left-4",
  "tries-left-5",
  "no-input",
  "no-input-final",
  "verified",
  "failed",
  "fraud-reported",
  "expired",
  "service-trouble",
  "inbound-greeting",
  "ask-code-inbound",
  "caller-verified",
  "ask-pin",
  "enrolled-verified",
  "withheld",
  "withheld-payphone",
  "withheld-unavailable",
  "unknown-number",
  "goodbye",
  "spoken-greeting",
  "human-gate",
  "call-back-greeting",
  "confirm-gate",
  "spoken-intro",
  "spoken-again",
  "spoken-repeat-offer",
  "spoken-done",
  "amount-intro",
  "payee-intro",
  "payee",
  "transaction-choices",
  "ask-code-transaction",
  "transaction-refused",
  "letter-upper",
  "letter-lower",
  "pause-short",
  "pause-group",
  ...(["digit-0", "digit-1", "digit-2", "digit-3", "digit-4"] as const),
  ...(["digit-5", "digit-6", "digit-7", "digit-8", "digit-9"] as const),
  ...(["letter-a", "letter-b", "letter-c", "letter-d", "letter-e", "letter-f", "letter-g"] as const),
  ...(["letter-h", "letter-i", "letter-j", "letter-k", "letter-l", "letter-m", "letter-n"] as const),
  ...(["letter-o", "letter-p", "letter-q", "letter-r", "letter-s", "letter-t", "letter-u"] as const),
  ...(["letter-v", "letter-w", "letter-x", "letter-y", "letter-z"] as const),
  ...NUMBER_PIECES,
  ...CURRENCY_PIECES,
] as const;

export type PromptId = (typeof PROMPT_IDS)[number];

/** Languages in which there is guidance. */
export const LOCALES = ["ja", "en"] as const;
export type Locale = (typeof LOCALES)[number];

/** Where nobody has said which. */
export const DEFAULT_LOCALE: Locale = "ja";

/** `tries-left-N` for 1 to 5 tries; `max_code_entries` is at most 5, so more cannot be left. */
export function triesLeftPrompt(tries: number): PromptId {
  return promptNamed(`tries-left-${String(tries)}`);
}

/** `digit-N`, for `0` to `9`. */
export function digitPrompt(digit: string): PromptId {
  return promptNamed(`digit-${digit}`);
}

/** `letter-x`, for `a` to `z`. */
export function letterPrompt(letter: string): PromptId {
  return promptNamed(`letter-${letter}`);
}

/** Whether a piece spells something: a character, its case, the silence between, or an amount. Never for logs. */
export function isSpelling(id: PromptId): boolean {
  return /^(digit|letter|pause|number|currency)-/.test(id);
}

function promptNamed(name: string): PromptId {
  const id = PROMPT_IDS.find((candidate) => candidate === name);
  // Without the name: it may be a character of a code.
  if (id === undefined) throw new RangeError("there is no such prompt");
  return id;
}

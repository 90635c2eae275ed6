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
  "withheld",
  "unknown-number",
  "goodbye",
] as const;

export type PromptId = (typeof PROMPT_IDS)[number];

export type Locale = "ja" | "en";

/** `tries-left-N` for 1 to 5 tries; `max_code_entries` is at most 5, so more cannot be left. */
export function triesLeftPrompt(tries: number): PromptId {
  const id = PROMPT_IDS.find((candidate) => candidate === `tries-left-${String(tries)}`);
  if (id === undefined) throw new RangeError(`no prompt tells of ${tries} tries`);
  return id;
}

import type { SpokenPrompt } from "./prompts-yaml.js";

/** Of a payee that an admin has recorded: `payee-` and a name for it, but for `payee-intro`. Its text is the payee, as requests write it. */
const PAYEE_ID = /^payee-(?!intro$)[a-z0-9][a-z0-9-]{0,39}$/;

/** Whether a prompt that no catalogue has is the recording of a payee. */
export function isPayeeId(id: string): boolean {
  return PAYEE_ID.test(id);
}

/** As a catalogue would have it. It has no text until it has a version. */
export function payeePrompt(id: string): SpokenPrompt {
  return {
    id,
    kind: "sentence",
    text: "",
    when: "After payee-intro, where the payee of a transaction is the text of this prompt.",
    tone: "clear",
  };
}

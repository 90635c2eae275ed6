import { digitPrompt, letterPrompt, type PromptId } from "./prompt-id.js";

/** As people say telephone numbers: what is read in threes can be kept in mind while it is typed. */
const GROUP = 3;

/**
 * A code as pieces: character by character, in groups of three.
 *
 * The case of every letter is said, also where all have the same: whoever types it has to know, and in
 * Japanese a bare Q sounds like a 9 (キュー). No pause stands between the case and its letter, so that
 * nobody takes it for the case of the letter before.
 *
 * @throws {RangeError} for anything but `A-Z a-z 0-9`.
 */
export function spell(code: string): PromptId[] {
  return Array.from(code).flatMap((character, index): PromptId[] => [
    ...(index === 0 ? [] : [index % GROUP === 0 ? ("pause-group" as const) : ("pause-short" as const)]),
    ...spellOne(character),
  ]);
}

function spellOne(character: string): PromptId[] {
  if (/^\d$/.test(character)) return [digitPrompt(character)];
  const lower = character.toLowerCase();
  return [character === lower ? "letter-lower" : "letter-upper", letterPrompt(lower)];
}

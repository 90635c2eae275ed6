import { deletePromptDraft, findPromptDraft, savePromptDraft } from "../store/prompt-drafts.js";
import type { PromptKey } from "../store/prompts.js";
import { checkBy, type NoteChange } from "./add-versions.js";
import { type PromptLibrary, spokenPromptOf } from "./library.js";
import type { SpokenPrompt } from "./prompts-yaml.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { heardPrompt } from "./resolve.js";

export const TEXT_MAX_CHARACTERS = 500;

export interface PromptText {
  /** Of the sound that is heard. */
  readonly text: string;
  /** Waits for its sound; null: none does. */
  readonly draft: string | null;
}

export async function readText(library: PromptLibrary, key: PromptKey): Promise<PromptText> {
  const shipped = spokenPromptOf(library, key).text;
  const heard = await heardPrompt(library, key);
  const draft = await findPromptDraft(library.store.read, key);
  return { text: heard.text ?? shipped, draft: draft?.text ?? null };
}

/**
 * Notes a text. It is heard when `render` has spoken it, or `set` has brought a recording of it: text and sound
 * change together.
 *
 * @throws {PromptRefusal} `text_invalid`, `text_lacks_piece`
 */
export async function draftText(
  library: PromptLibrary,
  key: PromptKey,
  text: string,
  by: string,
  note?: NoteChange,
): Promise<void> {
  checkBy(by);
  const draft = {
    text: checkText(spokenPromptOf(library, key), text),
    created_at: library.clock(),
    created_by: by,
  };
  await library.store.write(async (db) => {
    await savePromptDraft(db, key, draft);
    await note?.(db, null);
  });
}

/** Gives up a draft. */
export async function dropDraft(library: PromptLibrary, key: PromptKey, note?: NoteChange): Promise<void> {
  await library.store.write(async (db) => {
    await deletePromptDraft(db, key);
    await note?.(db, null);
  });
}

/** The text that a new sound of this prompt says: the one given, else the draft, else what is heard now. */
export async function textForSound(
  library: PromptLibrary,
  key: PromptKey,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) return checkText(spokenPromptOf(library, key), given);
  const { text, draft } = await readText(library, key);
  const said = draft ?? text;
  // A payee that has no sound yet has no text either.
  return said === "" ? checkText(spokenPromptOf(library, key), said) : said;
}

/**
 * The text, without blanks around it, if it may stand for this prompt.
 *
 * @throws {PromptRefusal} `text_invalid`, `text_lacks_piece`
 */
export function checkText(prompt: SpokenPrompt, text: string): string {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > TEXT_MAX_CHARACTERS || /\p{Cc}/u.test(trimmed)) {
    throw new PromptRefusal(
      "text_invalid",
      `A text has 1 to ${TEXT_MAX_CHARACTERS} characters in one line, none of them a control character.`,
    );
  }
  for (const spellings of prompt.requires ?? []) {
    if (!spellings.some((spelling) => says(trimmed, spelling))) {
      const wanted = spellings.map((spelling) => `"${spelling}"`).join(" or ");
      throw new PromptRefusal("text_lacks_piece", `The text of ${prompt.id} has to say ${wanted}.`);
    }
  }
  return trimmed;
}

/** Whether a text holds a piece, full-width or half-width, and not as part of a longer word or number. */
function says(text: string, piece: string): boolean {
  const literal = fold(piece).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![a-z0-9])${literal}(?![a-z0-9])`).test(fold(text));
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

import type { NoteChange } from "../../prompts/add-versions.js";
import type { PromptLibrary } from "../../prompts/library.js";
import type { PromptKey } from "../../store/prompts.js";
import { noteCommand } from "../who-runs.js";
import type { PromptSet } from "./scope.js";

type Details = Readonly<Record<string, string>>;

/** Notes each version that a command makes current. */
export function notingVersion(
  { store }: PromptLibrary,
  { name }: PromptSet,
  act: "prompt.changed" | "prompt.rolled_back",
): NoteChange {
  return async (db, row) => {
    if (row === null) return;
    const { locale, prompt_id, version, origin, restores } = row;
    const details: Details = { client: name, version: String(version) };
    const how: Details = act === "prompt.changed" ? { origin } : { to: String(restores ?? 0) };
    await noteCommand(db, store, { act, target: `${locale}/${prompt_id}`, details: { ...details, ...how } });
  };
}

/** Notes a text that waits from now on, or no more. */
export function notingText(
  { store }: PromptLibrary,
  { name }: PromptSet,
  { locale, id }: PromptKey,
  isDropped: boolean,
): NoteChange {
  const details: Details = { client: name, ...(isDropped ? { text: "dropped" } : {}) };
  return (db) => noteCommand(db, store, { act: "prompt.text_changed", target: `${locale}/${id}`, details });
}

import path from "node:path";
import { PROJECT_DIR } from "../../src/project-dir.js";
import { readCatalogue } from "../../src/prompts/prompts-yaml.js";
import type { Language, Say } from "./languages.js";
import { code, table } from "./table.js";

/** Every sentence of the shipped guidance in a language, and when it is said. */
export function promptsTable(say: Say, language: Language): string {
  const { prompts } = readCatalogue(path.join(PROJECT_DIR, "sounds"), language);
  // The console shows those of digits, letters and silences too, in the same words.
  for (const { when } of prompts) say(when);
  const ids = new Set(prompts.map(({ id }) => id));
  const withIds = (text: string): string =>
    text.replace(/[a-z]+(?:-[a-z0-9]+)+/g, (word) => (ids.has(word) ? code(word) : word));
  return table(
    [code("id"), say("what is said"), say("when")],
    prompts.flatMap((prompt) =>
      prompt.kind === "sentence" ? [[code(prompt.id), prompt.text, withIds(say(prompt.when))]] : [],
    ),
  );
}

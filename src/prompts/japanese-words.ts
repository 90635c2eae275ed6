import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT_DIR } from "../project-dir.js";

const entries = z.array(z.object({ en: z.string(), text: z.string() }));

/**
 * The Japanese of what `when` in `prompts.yaml` says, by the English: the words that the manual has, from the one
 * place where they stand.
 */
export function japaneseWords(): ReadonlyMap<string, string> {
  try {
    const file = path.join(PROJECT_DIR, "docs/ja/catalogue.yaml");
    return new Map(entries.parse(parse(readFileSync(file, "utf8"))).map(({ en, text }) => [en, text]));
  } catch {
    // Somebody left the manual out: the words are there in English.
    return new Map();
  }
}

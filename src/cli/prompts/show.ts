import type { Command } from "commander";
import { isReplaceable, promptOf } from "../../prompts/library.js";
import { heardPrompt } from "../../prompts/resolve.js";
import { readText } from "../../prompts/texts.js";
import { printData, printJson } from "../output.js";
import { heardJson } from "./list.js";
import { keyOf, ofLocale, ofSet, type ScopeOptions, readLibrary } from "./scope.js";

export function addShowCommand(prompts: Command): void {
  ofLocale(ofSet(prompts.command("show")))
    .argument("<id>")
    .option("--json", "print JSON")
    .description("one prompt: text, when it is said, in which tone, what is heard")
    .action(show);
}

function show(id: string, options: ScopeOptions): Promise<void> {
  return readLibrary(options, async (library, set) => {
    const key = keyOf(set, id, options);
    const prompt = promptOf(library, key.locale, id);
    const heard = await heardPrompt(library, key);
    const shown = {
      ...heardJson(heard),
      draft: isReplaceable(prompt) ? (await readText(library, key)).draft : null,
      kind: prompt.kind,
      requires: prompt.kind === "silence" ? [] : (prompt.requires ?? []),
      when: prompt.when,
      tone: prompt.tone,
    };
    if (options.json) printJson(shown);
    else
      for (const [name, value] of Object.entries(shown)) {
        printData(`${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
      }
  });
}

import type { Command } from "commander";
import { renderPrompt } from "../../prompts/render-prompt.js";
import { notingVersion } from "./noting.js";
import { byWhom, keyOf, ofLocale, ofSet, type ScopeOptions, whoDidIt, changeLibrary } from "./scope.js";
import { tellVersion } from "./version-output.js";

export function addRenderCommand(prompts: Command): void {
  byWhom(ofLocale(ofSet(prompts.command("render"))))
    .argument("<id>")
    .option("--text <text>", "what to say (default: the text that waits, else the one heard now)")
    .option("--json", "print JSON")
    .description("have a text spoken by open_jtalk or flite, as a new version")
    .action(renderText);
}

function renderText(id: string, options: ScopeOptions & { text?: string }): Promise<void> {
  return changeLibrary(options, async (library, set) => {
    const key = keyOf(set, id, options);
    const note = notingVersion(library, set, "prompt.changed");
    tellVersion(await renderPrompt(library, key, options.text, whoDidIt(options), note), options.json);
  });
}

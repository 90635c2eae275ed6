import type { Command } from "commander";
import { localeOf } from "../../prompts/library.js";
import { LOCALES } from "../../verification/prompt-id.js";
import { type HeardPrompt, listHeard } from "../../prompts/resolve.js";
import { printJson, printTable } from "../output.js";
import { ofSet, type ScopeOptions, readLibrary } from "./scope.js";

export function addListCommand(prompts: Command): void {
  ofSet(prompts.command("list"))
    .option("--locale <locale>", "ja or en (default: both)")
    .option("--json", "print JSON")
    .description("what the next call plays: every prompt, and whose version it is")
    .action(list);
}

function list(options: ScopeOptions): Promise<void> {
  return readLibrary(options, async (library, set) => {
    const locales = options.locale === undefined ? LOCALES : [localeOf(options.locale)];
    const heard: HeardPrompt[] = [];
    for (const locale of locales) heard.push(...(await listHeard(library, set.clientId, locale)));
    if (options.json) printJson(heard.map(heardJson));
    else
      printTable(
        ["ID", "LOCALE", "SOURCE", "VERSION", "MS", "DBOV", "TEXT"],
        heard.map((prompt) => [
          prompt.id,
          prompt.locale,
          prompt.source,
          String(prompt.version ?? ""),
          String(prompt.durationMs ?? ""),
          prompt.activeLevel?.toFixed(1) ?? "",
          prompt.text ?? "(silence)",
        ]),
      );
  });
}

/** A prompt as JSON shows it. */
export function heardJson(prompt: HeardPrompt): Record<string, unknown> {
  return {
    id: prompt.id,
    locale: prompt.locale,
    source: prompt.source,
    version: prompt.version,
    duration_ms: prompt.durationMs,
    active_level_dbov: prompt.activeLevel,
    text: prompt.text,
  };
}

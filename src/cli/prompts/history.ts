import type { Command } from "commander";
import { promptOf } from "../../prompts/library.js";
import { listPromptVersions } from "../../store/prompts.js";
import { isoTime } from "../context.js";
import { printJson, printTable, say } from "../output.js";
import { keyOf, ofLocale, ofSet, type ScopeOptions, readLibrary } from "./scope.js";
import { versionJson } from "./version-output.js";

export function addHistoryCommand(prompts: Command): void {
  ofLocale(ofSet(prompts.command("history")))
    .argument("<id>")
    .option("--json", "print JSON")
    .description("every version of a prompt in a set, newest first")
    .action(history);
}

function history(id: string, options: ScopeOptions): Promise<void> {
  return readLibrary(options, async (library, set) => {
    const key = keyOf(set, id, options);
    promptOf(library, key.locale, id);
    const rows = await listPromptVersions(library.store.read, key);
    if (options.json) {
      printJson(rows.map(versionJson));
      return;
    }
    printTable(
      ["VERSION", "", "WHEN", "BY", "ORIGIN", "SOURCE", "MS", "DBOV", "SHA-256", "TEXT"],
      rows.map((row) => [
        String(row.version),
        row.current === 1 ? "current" : "",
        isoTime(row.created_at),
        row.created_by,
        row.restores === null ? row.origin : `rollback to ${row.restores}`,
        row.source_name ?? "",
        String(row.duration_ms ?? ""),
        row.active_level?.toFixed(1) ?? "",
        row.wav_sha256?.slice(0, 12) ?? "",
        row.text ?? "",
      ]),
    );
    if (rows.length === 0) say("never changed in this set; version 0 is what lies under it");
  });
}

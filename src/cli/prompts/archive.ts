import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { exportPrompts } from "../../prompts/export.js";
import { importPrompts, MAX_ARCHIVE_BYTES, tooLarge } from "../../prompts/import.js";
import { printJson, say } from "../output.js";
import { notingVersion } from "./noting.js";
import { readBounded } from "./read-bounded.js";
import { byWhom, ofSet, type ScopeOptions, whoDidIt, changeLibrary, readLibrary } from "./scope.js";
import { versionJson } from "./version-output.js";

export function addArchiveCommands(prompts: Command): void {
  ofSet(prompts.command("export"))
    .argument("<file>", "a tar.gz to write")
    .option("--all", "also what is heard from the sets under it")
    .description("the current versions of a set, both locales, with texts and checksums")
    .action(exportTo);
  byWhom(ofSet(prompts.command("import")))
    .argument("<file>", "a tar.gz that `export` wrote")
    .option("--json", "print JSON")
    .description("make the sounds of an archive the current versions: all of them or none")
    .action(importFrom);
}

function exportTo(file: string, options: ScopeOptions & { all?: true }): Promise<void> {
  return readLibrary(options, async (library, { clientId, name }) => {
    const archive = await exportPrompts(library, { clientId, set: name, all: options.all ?? false });
    await writeFile(file, archive, { mode: 0o600 });
    say(`wrote ${file}`);
  });
}

function importFrom(file: string, options: ScopeOptions): Promise<void> {
  return changeLibrary(options, async (library, set) => {
    const archive = await readBounded(file, MAX_ARCHIVE_BYTES, tooLarge);
    const [by, note] = [whoDidIt(options), notingVersion(library, set, "prompt.changed")];
    const { added, unchanged } = await importPrompts(library, set.clientId, archive, by, note);
    if (options.json) printJson({ added: added.map(versionJson), unchanged });
    else say(`${added.length} new versions; ${unchanged} were current already`);
  });
}

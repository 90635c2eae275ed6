import type { Command } from "commander";
import { rollBack } from "../../prompts/roll-back.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { notingVersion } from "./noting.js";
import { byWhom, keyOf, ofLocale, ofSet, type ScopeOptions, whoDidIt, changeLibrary } from "./scope.js";
import { tellVersion } from "./version-output.js";

export function addRollbackCommand(prompts: Command): void {
  byWhom(ofLocale(ofSet(prompts.command("rollback"))))
    .argument("<id>")
    .option("--to <version>", "which (default: the one before); 0: none of this set's own")
    .option("--json", "print JSON")
    .description("make an older version current again")
    .action(goBack);
}

function goBack(id: string, options: ScopeOptions & { to?: string }): Promise<void> {
  if (options.to !== undefined && !/^\d{1,9}$/.test(options.to)) {
    throw new CommandError("--to wants the number of a version", EXIT.usage);
  }
  const to = options.to === undefined ? undefined : Number(options.to);
  return changeLibrary(options, async (library, set) => {
    const note = notingVersion(library, set, "prompt.rolled_back");
    const key = keyOf(set, id, options);
    tellVersion(await rollBack(library, key, to, whoDidIt(options), note), options.json);
  });
}

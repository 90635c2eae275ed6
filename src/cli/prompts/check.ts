import type { Command } from "commander";
import { type CheckedSound, checkPrompts } from "../../prompts/check-prompts.js";
import { listClients } from "../../store/clients.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { printJson, printTable } from "../output.js";
import { readLibrary } from "./scope.js";

export function addCheckCommand(prompts: Command): void {
  prompts
    .command("check")
    .option("--json", "print JSON")
    .description(
      "whether every prompt has its sound, unaltered, of the right length and level; exit 1 if not",
    )
    .action(check);
}

function check(options: { json?: true }): Promise<void> {
  return readLibrary({}, async (library) => {
    const names = new Map((await listClients(library.store.read)).map(({ id, name }) => [id, name]));
    const setOf = ({ set }: CheckedSound): string => {
      if (set === "shipped") return set;
      return set.clientId === null ? "default" : `client ${names.get(set.clientId) ?? set.clientId}`;
    };
    const checked = await checkPrompts(library);
    if (options.json)
      printJson(
        checked.map((sound) => ({
          set: setOf(sound),
          locale: sound.locale,
          id: sound.id,
          version: sound.version,
          duration_ms: sound.durationMs,
          active_level_dbov: sound.activeLevel,
          faults: sound.faults.map(({ says }) => says),
        })),
      );
    else
      printTable(
        ["SET", "LOCALE", "ID", "VERSION", "MS", "DBOV", "VERDICT"],
        checked.map((sound) => [
          setOf(sound),
          sound.locale,
          sound.id,
          String(sound.version ?? ""),
          String(sound.durationMs ?? ""),
          sound.activeLevel?.toFixed(1) ?? "",
          sound.faults.length === 0 ? "ok" : sound.faults.map(({ says }) => says).join("; "),
        ]),
      );
    const wrong = checked.filter(({ faults }) => faults.length > 0).length;
    if (wrong > 0)
      throw new CommandError(`${wrong} of ${checked.length} sounds are not right`, EXIT.negative);
  });
}

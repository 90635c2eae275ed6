import { Command, CommanderError } from "commander";

/**
 * What was probably meant, ` (did you mean shop?)`; empty where nothing is near. Commander itself judges that, as it does
 * for commands and options: names are mistyped in the same ways.
 */
export function suggestion(typed: string, names: readonly string[]): string {
  const choice = new Command("name").exitOverride().configureOutput({ writeErr: () => undefined });
  for (const name of names) choice.addCommand(new Command(name));
  try {
    choice.parse([typed], { from: "user" });
    return "";
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const said = /\(Did you mean (?:one of )?(.+)\?\)/.exec(error.message)?.[1];
    return said === undefined ? "" : ` (did you mean ${said}?)`;
  }
}

import type { Command } from "commander";
import { draftText, dropDraft, readText } from "../../prompts/texts.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { printData, printJson, say } from "../output.js";
import { notingText } from "./noting.js";
import {
  byWhom,
  keyOf,
  ofLocale,
  ofSet,
  type ScopeOptions,
  whoDidIt,
  changeLibrary,
  readLibrary,
} from "./scope.js";

export function addTextCommand(prompts: Command): void {
  byWhom(ofLocale(ofSet(prompts.command("text"))))
    .argument("<id>")
    .argument("[text]", "the new text; waits for `render` or `set`")
    .option("--drop", "give up the text that waits")
    .option("--json", "print JSON")
    .description("show or change the text of a prompt")
    .action(changeText);
}

function changeText(
  id: string,
  text: string | undefined,
  options: ScopeOptions & { drop?: true },
): Promise<void> {
  if (options.drop && text !== undefined) {
    throw new CommandError("give a text or --drop, not both", EXIT.usage);
  }
  const changes = text !== undefined || options.drop === true;
  return (changes ? changeLibrary : readLibrary)(options, async (library, set) => {
    const key = keyOf(set, id, options);
    const note = notingText(library, set, key, text === undefined);
    if (text !== undefined) await draftText(library, key, text, whoDidIt(options), note);
    else if (options.drop) await dropDraft(library, key, note);
    const now = await readText(library, key);
    if (options.json) printJson({ id, locale: key.locale, ...now });
    else printData(now.draft ?? now.text);
    if (now.draft !== null) {
      say("this text waits for its sound: `honnin prompts render` speaks it, `set` brings a recording of it");
    }
  });
}

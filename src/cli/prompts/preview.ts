import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { DEFAULT_LOCALE } from "../../verification/prompt-id.js";
import { localeOf } from "../../prompts/library.js";
import { previewSequence } from "../../prompts/preview-sequence.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { say } from "../output.js";
import { ofLocale, ofSet, type ScopeOptions, readLibrary } from "./scope.js";

interface PreviewOptions extends ScopeOptions {
  sequence?: string;
  out?: string;
}

export function addPreviewCommand(prompts: Command): void {
  ofLocale(ofSet(prompts.command("preview")))
    .argument("[id]")
    .option("--sequence <ids>", "several, joined as on a call: silence-start,company-name,greeting,ask-code")
    .option("--out <file>", "write there (default: stdout)")
    .description("what the next call plays, as a WAV file")
    .action(preview);
}

async function preview(id: string | undefined, options: PreviewOptions): Promise<void> {
  if ((id === undefined) === (options.sequence === undefined)) {
    throw new CommandError("give one id, or --sequence", EXIT.usage);
  }
  if (options.out === undefined && process.stdout.isTTY) {
    throw new CommandError("this is sound: give --out FILE, or pipe it to a player", EXIT.usage);
  }
  const ids = id === undefined ? (options.sequence ?? "").split(",").map((part) => part.trim()) : [id];
  await readLibrary(options, async (library, set) => {
    const wav = await previewSequence(library, set.clientId, localeOf(options.locale ?? DEFAULT_LOCALE), ids);
    if (options.out !== undefined) {
      await writeFile(options.out, wav);
      say(`wrote ${options.out}`);
    } else if (!process.stdout.write(wav)) await once(process.stdout, "drain");
  });
}

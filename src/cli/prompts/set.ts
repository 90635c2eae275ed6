import path from "node:path";
import type { Command } from "commander";
import { spokenPromptOf } from "../../prompts/library.js";
import { RECORDING } from "../../prompts/recording-limits.js";
import { setRecording, tooLarge } from "../../prompts/recordings.js";
import { findDecoder } from "../../service/prompt-decoder.js";
import { say } from "../output.js";
import { notingVersion } from "./noting.js";
import { readBounded } from "./read-bounded.js";
import { byWhom, keyOf, ofLocale, ofSet, type ScopeOptions, whoDidIt, changeLibrary } from "./scope.js";
import { tellVersion } from "./version-output.js";

export function addSetCommand(prompts: Command): void {
  byWhom(ofLocale(ofSet(prompts.command("set"))))
    .argument("<id>")
    .argument("<file>", "a recording: WAV, MP3, M4A, Ogg or FLAC")
    .option("--text <text>", "what it says (default: the text that waits, else the one heard now)")
    .option("--json", "print JSON")
    .description("put a recording in the place of a prompt, as a new version")
    .action(setFile);
}

function setFile(id: string, file: string, options: ScopeOptions & { text?: string }): Promise<void> {
  return changeLibrary(options, async (library, set) => {
    const key = keyOf(set, id, options);
    spokenPromptOf(library, key);
    const bytes = await readBounded(file, RECORDING.maxFileBytes, tooLarge);
    const recording = { name: path.basename(file), bytes, text: options.text };
    const [by, note] = [whoDidIt(options), notingVersion(library, set, "prompt.changed")];
    const added = await setRecording(library, () => findDecoder(say), key, recording, by, note);
    tellVersion(added, options.json);
    // A recording cannot be asked what it says; a wrong note would mislead whoever reads the list.
    if (options.text === undefined) say(`noted as saying "${added.text ?? ""}" (--text tells otherwise)`);
  });
}

import { accessSync, constants } from "node:fs";
import { join, resolve } from "node:path";
import { programOnPath } from "./program-on-path.js";
import type { Voice } from "./prompts-yaml.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { runBounded } from "../run-bounded.js";

/** Longest time that one run of a program may take; the longest prompt needs about a second. */
const PROGRAM_TIMEOUT_MS = 60_000;
/** Of messages: the sound goes to a file. */
const MAX_OUTPUT_BYTES = 1_000_000;

/** What Debian brings them by. */
export const INSTALLED_BY: Readonly<Record<Voice["engine"], string>> = {
  open_jtalk: "apt-get install open-jtalk open-jtalk-mecab-naist-jdic hts-voice-nitech-jp-atr503-m001",
  flite: "apt-get install flite",
};

const PACKAGES: Readonly<Record<Voice["engine"], string>> = {
  open_jtalk:
    `open_jtalk speaks Japanese: ${INSTALLED_BY.open_jtalk} ` +
    "(the voice is in Debian's component contrib, which has to be enabled)",
  flite: `flite speaks English: ${INSTALLED_BY.flite}`,
};

function readable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where open_jtalk's dictionary and voice lie, found from where the program lies. */
interface JapaneseVoiceFiles {
  readonly dictionary: string;
  readonly voice: string;
}

/**
 * The data of open_jtalk, at the places where Debian's packages put it, seen from the root that holds
 * `usr/bin/open_jtalk`. So PATH alone decides, even when the packages were unpacked into a private folder.
 */
export function japaneseVoiceFiles(voiceName: string): JapaneseVoiceFiles {
  const root = resolve(requireProgram("open_jtalk"), "../../..");
  return {
    dictionary: join(root, "var/lib/mecab/dic/open-jtalk/naist-jdic"),
    voice: join(root, "usr/share/hts-voice", voiceName, `${voiceName.replaceAll("-", "_")}.htsvoice`),
  };
}

function requireProgram(program: Voice["engine"]): string {
  const file = programOnPath(program);
  if (file === undefined) throw new PromptRefusal("speech_program_missing", PACKAGES[program]);
  return file;
}

/**
 * Checks all at once, so that one message names everything that has to be installed.
 *
 * @throws {PromptRefusal} `speech_program_missing`, with the Debian packages that bring it.
 */
export function requirePrograms(voices: readonly Voice[]): void {
  const missing = new Set<string>();
  for (const { engine, name } of voices) {
    if (programOnPath(engine) === undefined) missing.add(PACKAGES[engine]);
    else if (engine === "open_jtalk") {
      const files = japaneseVoiceFiles(name);
      if (!readable(files.dictionary) || !readable(files.voice)) missing.add(PACKAGES.open_jtalk);
    }
  }
  if (missing.size > 0) throw new PromptRefusal("speech_program_missing", [...missing].join("\n"));
}

/** Whether a voice could speak. */
export function hasSpeech(voice: Voice): boolean {
  try {
    requirePrograms([voice]);
    return true;
  } catch (error) {
    if (error instanceof PromptRefusal) return false;
    throw error;
  }
}

/** Runs a synthesiser to its end; throws with what it said when it fails. */
export async function runSpeech(
  program: Voice["engine"],
  args: readonly string[],
  input = "",
): Promise<void> {
  const options = { input, deadlineMs: PROGRAM_TIMEOUT_MS, maxBytes: MAX_OUTPUT_BYTES };
  const { code, stderr } = await runBounded(requireProgram(program), args, options);
  if (code !== 0) throw new Error(`${program} failed: ${stderr}`);
}

import { execFileSync } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { Voice } from "./catalogue.js";

/** Longest time that one run of a program may take; the longest prompt needs about a second. */
const PROGRAM_TIMEOUT_MS = 60_000;

/** Something that rendering needs is not installed; the message says which Debian packages bring it. */
class MissingProgramError extends Error {
  readonly code = "program_missing";
}

const PACKAGES: Readonly<Record<Voice["engine"] | "sox", string>> = {
  open_jtalk:
    "open_jtalk speaks Japanese: apt-get install open-jtalk open-jtalk-mecab-naist-jdic " +
    "hts-voice-nitech-jp-atr503-m001 (the voice is in Debian's component contrib, which has to be enabled)",
  flite: "flite speaks English: apt-get install flite",
  sox: "sox converts the sound: apt-get install sox",
};

function onPath(program: string): string | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return realpathSync(file);
    } catch {
      // Not in this folder; the next one may have it.
    }
  }
  return undefined;
}

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

function requireProgram(program: Voice["engine"] | "sox"): string {
  const file = onPath(program);
  if (file === undefined) throw new MissingProgramError(PACKAGES[program]);
  return file;
}

/** Checks all at once, so that one message names everything that has to be installed. */
export function requirePrograms(voices: readonly Voice[]): void {
  const missing = new Set<string>();
  const need = (program: Voice["engine"] | "sox"): boolean => {
    if (onPath(program) !== undefined) return true;
    missing.add(PACKAGES[program]);
    return false;
  };
  need("sox");
  for (const voice of voices) {
    if (!need(voice.engine) || voice.engine !== "open_jtalk") continue;
    const files = japaneseVoiceFiles(voice.name);
    if (!readable(files.dictionary) || !readable(files.voice)) missing.add(PACKAGES.open_jtalk);
  }
  if (missing.size > 0) throw new MissingProgramError([...missing].join("\n"));
}

/** Runs a program to its end; returns what it wrote to stdout, throws with its stderr when it fails. */
export function run(
  program: Voice["engine"] | "sox",
  args: readonly string[],
  input: Buffer | string = "",
): Buffer {
  return execFileSync(requireProgram(program), args, {
    input,
    timeout: PROGRAM_TIMEOUT_MS,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { SHIPPED_SOUNDS } from "./prompt-index.js";

const BYTES_PER_MS = 8;
/** What a person answers to, or breaks into, is long enough to do so on a slow machine. */
const ANSWERED = /^(greeting|ask-.*|.*-gate|spoken-repeat-offer)$/;
const ANSWERED_MS = 2_500;
/** Of the rest there is so much that the ear names it. */
const HEARD_MS = 1_200;

let made: string | undefined;

/**
 * The prompts of this clone, each cut to its beginning: conversations are the same ones, in a third of the time. Where two
 * prompts begin alike each is cut to its end, so that the ear can tell them apart.
 *
 * @returns the folder, which is removed with this process.
 */
export function shortSounds(): string {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), "honnin-sounds-"));
  process.on("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const locale of ["ja", "en"]) {
    mkdirSync(join(folder, locale));
    copyFileSync(join(SHIPPED_SOUNDS, locale, "prompts.yaml"), join(folder, locale, "prompts.yaml"));
    for (const law of ["ulaw", "alaw"]) cutAll(join(SHIPPED_SOUNDS, locale), join(folder, locale), `.${law}`);
  }
  made = folder;
  return folder;
}

function cutAll(from: string, to: string, ending: string): void {
  const names = readdirSync(from).filter((name) => extname(name) === ending);
  const sounds = names.map((name) => ({ name, bytes: readFileSync(join(from, name)) }));
  const beginnings = sounds.map(({ name, bytes }) => bytes.subarray(0, lengthOf(name, ending)));
  sounds.forEach(({ name, bytes }, nth) => {
    const beginning = beginnings[nth] ?? bytes;
    const isAlone = beginnings.every((other, at) => at === nth || !startsAlike(other, beginning));
    writeFileSync(join(to, name), isAlone ? beginning : bytes.subarray(-beginning.length));
  });
}

function lengthOf(name: string, ending: string): number {
  const id = basename(name, ending);
  if (/^(silence|pause)-/.test(id)) return Infinity;
  return (ANSWERED.test(id) ? ANSWERED_MS : HEARD_MS) * BYTES_PER_MS;
}

/** By so much that the ear could take one for the other. */
function startsAlike(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length, HEARD_MS * BYTES_PER_MS);
  return length >= HEARD_MS * BYTES_PER_MS && a.subarray(0, length).equals(b.subarray(0, length));
}

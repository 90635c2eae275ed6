import { readFile } from "node:fs/promises";
import path from "node:path";
import { listVersionsWithSound, type PromptVersionRow } from "../store/prompts.js";
import { FORMATS } from "../sound/formats.js";
import { levelFaults, loudnessOfKept } from "../sound/kept-sound.js";
import type { PromptLibrary } from "./library.js";
import { fileDigest, readManifest, type Rendered } from "./manifest.js";
import { type Prompt, soundFolder } from "./prompts-yaml.js";
import { type Locale, LOCALES } from "../verification/prompt-id.js";
import { checkLength } from "./made-sound.js";
import { PromptRefusal, type PromptRefusalCode } from "./prompt-refusal.js";
import { soundPath } from "./sound-files.js";
import { damagedFiles } from "./sound-integrity.js";
import { durationMs } from "../sound/telephone-sound.js";
import { checkText } from "./texts.js";
import { readWave } from "../sound/wave.js";

/** What may be wrong with a sound, for programs. */
type SoundFaultCode =
  "not_in_catalogue" | "file_missing" | "file_altered" | "unreadable" | "level" | PromptRefusalCode;

interface SoundFault {
  readonly code: SoundFaultCode;
  /** The same as a sentence. */
  readonly says: string;
}

/** What the look at the sounds needs; no database is among it, so that a thread can be given it. */
export interface CheckedPlace extends Pick<PromptLibrary, "soundsDir" | "dir" | "catalogues"> {
  readonly versions: readonly PromptVersionRow[];
}

export interface CheckedSound {
  /** `shipped`, or whose version it is; null: the default set. */
  readonly set: "shipped" | { readonly clientId: string | null };
  readonly locale: Locale;
  readonly id: string;
  /** null: shipped. */
  readonly version: number | null;
  readonly durationMs: number | null;
  /** dBov; null of silences and of what cannot be measured. */
  readonly activeLevel: number | null;
  /** None when all is well. */
  readonly faults: readonly SoundFault[];
}

/**
 * Looks at every shipped sound, and at every version that is current or can be gone back to: whether the files
 * are there and as they were written, and, where it may be heard, whether length, level and text are right.
 */
export async function checkPrompts(library: PromptLibrary): Promise<CheckedSound[]> {
  const { soundsDir, dir, catalogues, store } = library;
  return checkSounds({ soundsDir, dir, catalogues, versions: await listVersionsWithSound(store.read) });
}

/** The same for versions that were looked up already. Three seconds of processor. */
export async function checkSounds(library: CheckedPlace): Promise<CheckedSound[]> {
  const ids = new Set(LOCALES.flatMap((locale) => library.catalogues[locale].prompts.map(({ id }) => id)));
  const checked: CheckedSound[] = [];
  for (const locale of LOCALES) {
    const manifest = readManifest(soundFolder(library.soundsDir, locale))?.prompts ?? [];
    const rendered = new Map(manifest.map((entry) => [entry.id, entry]));
    for (const id of ids) checked.push(await checkShipped(library, locale, id, rendered.get(id)));
  }
  for (const row of library.versions) checked.push(await checkVersion(library, row));
  return checked;
}

async function checkShipped(
  library: CheckedPlace,
  locale: Locale,
  id: string,
  entry: Rendered | undefined,
): Promise<CheckedSound> {
  const of = { set: "shipped" as const, locale, id, version: null };
  const prompt = library.catalogues[locale].prompts.find((known) => known.id === id);
  if (prompt === undefined) {
    return {
      ...of,
      durationMs: null,
      activeLevel: null,
      faults: [fault("not_in_catalogue", "it is not in the catalogue")],
    };
  }
  const folder = soundFolder(library.soundsDir, locale);
  const faults = FORMATS.flatMap((format) => {
    const name = `${id}.${format}`;
    const digest = digestOf(path.join(folder, name));
    if (digest === undefined) return [fault("file_missing", `${name} is missing`)];
    return digest === entry?.files[format] ? [] : [fault("file_altered", `${name} was altered`)];
  });
  const measured = await measureSound(path.join(folder, id), prompt);
  return { ...of, ...measured, faults: [...faults, ...measured.faults] };
}

async function checkVersion(library: CheckedPlace, row: PromptVersionRow): Promise<CheckedSound> {
  const { locale, prompt_id: id, version, client_id: clientId, sound, text } = row;
  const of = { set: { clientId }, locale, id, version };
  const damaged = (await damagedFiles(library, row)).map(({ file, is }) =>
    is === "missing"
      ? fault("file_missing", `${file} is missing`)
      : fault("file_altered", `${file} was altered`),
  );
  const prompt = library.catalogues[locale].prompts.find((known) => known.id === id);
  // What cannot be heard but by a rollback has to be whole, and no more.
  if (row.current === 0 || prompt === undefined) {
    return { ...of, durationMs: row.duration_ms, activeLevel: row.active_level, faults: damaged };
  }
  const measured = await measureSound(soundPath(library.dir, sound ?? "", id), prompt);
  return { ...of, ...measured, faults: [...damaged, ...measured.faults, ...textFaults(prompt, text)] };
}

async function measureSound(
  file: string,
  prompt: Prompt,
): Promise<Pick<CheckedSound, "durationMs" | "activeLevel" | "faults">> {
  const bytes = await readFile(`${file}.wav`).catch(() => undefined);
  if (bytes === undefined) return { durationMs: null, activeLevel: null, faults: [] };
  try {
    const { pcm } = readWave(bytes);
    const ms = durationMs(pcm);
    if (prompt.kind === "silence") return { durationMs: ms, activeLevel: null, faults: [] };
    const loudness = loudnessOfKept(pcm, prompt.kind);
    const activeLevel = Math.round(loudness.activeLevel * 10) / 10;
    const { kind } = prompt;
    const faults = [
      ...faultsOf(() => {
        checkLength(ms, kind);
      }),
      ...levelFaults(loudness).map((says) => fault("level", says)),
    ];
    return { durationMs: ms, activeLevel, faults };
  } catch {
    return {
      durationMs: null,
      activeLevel: null,
      faults: [fault("unreadable", `${prompt.id}.wav cannot be read`)],
    };
  }
}

function textFaults(prompt: Prompt, text: string | null): SoundFault[] {
  return prompt.kind === "silence" ? [] : faultsOf(() => checkText(prompt, text ?? ""));
}

function faultsOf(look: () => unknown): SoundFault[] {
  try {
    look();
    return [];
  } catch (error) {
    if (error instanceof PromptRefusal) return [fault(error.code, error.reason)];
    throw error;
  }
}

function digestOf(file: string): string | undefined {
  try {
    return fileDigest(file);
  } catch {
    return undefined;
  }
}

function fault(code: SoundFaultCode, says: string): SoundFault {
  return { code, says };
}

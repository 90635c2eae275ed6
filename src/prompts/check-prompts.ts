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
import { storedSound } from "./stored-sound.js";
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

/** What the look at the shipped sounds needs; no database is among it, so that a thread can be given it. */
export type CheckedPlace = Pick<PromptLibrary, "soundsDir" | "catalogues">;

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
 * Looks at every shipped sound, and at every version that is current or can be gone back to: whether the sounds are
 * there and as they were, and, where one may be heard, whether length, level and text are right.
 */
export async function checkPrompts(library: PromptLibrary): Promise<CheckedSound[]> {
  return [...(await checkShippedSounds(library)), ...(await checkVersions(library))];
}

/** Three seconds of processor. */
export async function checkShippedSounds(place: CheckedPlace): Promise<CheckedSound[]> {
  const ids = new Set(LOCALES.flatMap((locale) => place.catalogues[locale].prompts.map(({ id }) => id)));
  const checked: CheckedSound[] = [];
  for (const locale of LOCALES) {
    const manifest = readManifest(soundFolder(place.soundsDir, locale))?.prompts ?? [];
    const rendered = new Map(manifest.map((entry) => [entry.id, entry]));
    for (const id of ids) checked.push(await checkShipped(place, locale, id, rendered.get(id)));
  }
  return checked;
}

/** One sound at a time: together they may be more than the memory holds. */
export async function checkVersions(library: PromptLibrary): Promise<CheckedSound[]> {
  const faultOf = new Map<string | null, SoundFault[]>();
  const checked: CheckedSound[] = [];
  for (const row of await listVersionsWithSound(library.store.read)) {
    const damage = faultOf.get(row.sound) ?? (await damageOf(library, row));
    faultOf.set(row.sound, damage);
    checked.push(checkVersion(library, row, damage));
  }
  return checked;
}

async function damageOf(library: PromptLibrary, row: PromptVersionRow): Promise<SoundFault[]> {
  const stored = await storedSound(library, row);
  if ("wav" in stored) return [];
  return [
    stored.damage === "missing"
      ? fault("file_missing", "its sound is missing")
      : fault("file_altered", "its sound was altered"),
  ];
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

/** A sound that is whole has the length and the level that were measured when it was made. */
function checkVersion(
  { catalogues }: PromptLibrary,
  row: PromptVersionRow,
  damage: readonly SoundFault[],
): CheckedSound {
  const { locale, prompt_id: id, version, client_id: clientId, text } = row;
  const { duration_ms: ms, active_level: activeLevel, peak } = row;
  const of = { set: { clientId }, locale, id, version, durationMs: ms, activeLevel };
  const prompt = catalogues[locale].prompts.find((known) => known.id === id);
  // What cannot be heard but by a rollback has to be whole, and no more.
  if (row.current === 0 || prompt === undefined || prompt.kind === "silence")
    return { ...of, faults: damage };
  const { kind } = prompt;
  const measured =
    ms === null || activeLevel === null || peak === null
      ? []
      : [
          ...faultsOf(() => {
            checkLength(ms, kind);
          }),
          ...levelFaults({ activeLevel, peak }).map((says) => fault("level", says)),
        ];
  return { ...of, faults: [...damage, ...measured, ...textFaults(prompt, text)] };
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

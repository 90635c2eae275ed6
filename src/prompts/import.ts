import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { listCurrentPrompts, type PromptVersionRow } from "../store/prompts.js";
import { addVersions, type NewSound, type NoteChange } from "./add-versions.js";
import {
  archiveFile,
  type ArchiveManifest,
  archiveManifestSchema,
  MANIFEST_NAME,
} from "./archive-manifest.js";
import { levelFaults, loudnessOfKept } from "../sound/kept-sound.js";
import { type PromptLibrary, spokenPromptOf } from "./library.js";
import { checkLength } from "./made-sound.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { SOUND } from "../sound/sound.js";
import { invalid, type TarEntry, unpackTar } from "./tar.js";
import { durationMs, type TelephoneSound } from "../sound/telephone-sound.js";
import { checkText } from "./texts.js";
import { readWave, WaveError } from "../sound/wave.js";

/** Of the file. */
export const MAX_ARCHIVE_BYTES = 64_000_000;
/** Unpacked: both locales with a minute for every prompt have 142 MB. */
const MAX_UNPACKED_BYTES = 160_000_000;

export interface ImportOutcome {
  readonly added: readonly PromptVersionRow[];
  /** In the archive, and current already. */
  readonly unchanged: number;
}

/**
 * Makes the sounds of an archive the current versions in a set; prompts that the archive does not name stay as
 * they are. All of it is looked at before anything is changed, and all is changed or nothing.
 *
 * @throws {PromptRefusal}
 */
export async function importPrompts(
  library: PromptLibrary,
  clientId: string | null,
  archive: Buffer,
  by: string,
  note?: NoteChange,
): Promise<ImportOutcome> {
  const files = new Map(unpackTar(await unzip(archive)).map((entry) => [entry.name, entry]));
  const { prompts } = readManifest(files);
  const seen = new Set([MANIFEST_NAME]);
  const sounds: NewSound[] = [];
  let unchanged = 0;
  for (const prompt of prompts) {
    if (seen.has(prompt.file)) throw invalid(`${prompt.file} stands twice in its manifest`);
    seen.add(prompt.file);
    const sound = newSound(library, clientId, prompt, files.get(prompt.file));
    if (await isCurrent(library, sound, prompt.sha256)) unchanged += 1;
    else sounds.push(sound);
  }
  const stray = [...files.keys()].find((name) => !seen.has(name));
  if (stray !== undefined) throw invalid(`${stray} is not in its manifest`);
  return { added: sounds.length === 0 ? [] : await addVersions(library, sounds, by, note), unchanged };
}

async function unzip(archive: Buffer): Promise<Buffer> {
  if (archive.length > MAX_ARCHIVE_BYTES) throw tooLarge();
  try {
    return await promisify(gunzip)(archive, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw invalid("it is not compressed by gzip, or damaged");
  }
}

export function tooLarge(): PromptRefusal {
  const [packed, unpacked] = [MAX_ARCHIVE_BYTES / 1e6, MAX_UNPACKED_BYTES / 1e6];
  return new PromptRefusal(
    "archive_too_large",
    `An archive may have ${packed} MB, and ${unpacked} MB unpacked.`,
  );
}

function readManifest(files: ReadonlyMap<string, TarEntry>): ArchiveManifest {
  const entry = files.get(MANIFEST_NAME);
  if (entry === undefined) throw invalid(`it has no ${MANIFEST_NAME}`);
  let json: unknown;
  try {
    json = JSON.parse(entry.bytes.toString("utf8"));
  } catch {
    throw invalid("its manifest is no JSON");
  }
  const parsed = archiveManifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`its manifest is wrong at ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

/** @throws {PromptRefusal} `archive_invalid`, whatever is wrong: it is the archive that is refused. */
function newSound(
  library: PromptLibrary,
  clientId: string | null,
  { locale, id, text, file, sha256 }: ArchiveManifest["prompts"][number],
  entry: TarEntry | undefined,
): NewSound {
  if (file !== archiveFile(locale, id) || entry === undefined) {
    throw invalid(`it has no ${archiveFile(locale, id)}`);
  }
  if (createHash("sha256").update(entry.bytes).digest("hex") !== sha256) {
    throw invalid(`${file} does not match its checksum`);
  }
  const key = { clientId, locale, id };
  const pcm = readSound(entry);
  try {
    const prompt = spokenPromptOf(library, key);
    checkLength(durationMs(pcm), prompt.kind);
    const sound: TelephoneSound = { pcm, loudness: loudnessOfKept(pcm, prompt.kind) };
    const [fault] = levelFaults(sound.loudness);
    if (fault !== undefined) throw invalid(`of ${file}, ${fault}`);
    return { key, origin: "import", sound, text: checkText(prompt, text), sourceName: file };
  } catch (error) {
    if (!(error instanceof PromptRefusal) || error.code === "archive_invalid") throw error;
    throw invalid(`${file}: ${error.reason}`);
  }
}

function readSound({ name, bytes }: TarEntry): Int16Array {
  try {
    const { rate, pcm } = readWave(bytes);
    if (rate === SOUND.sampleRate) return pcm;
  } catch (error) {
    if (!(error instanceof WaveError)) throw error;
  }
  throw invalid(`${name} is no WAV of 16 bit at 8 kHz with one channel`);
}

async function isCurrent(library: PromptLibrary, { key, text }: NewSound, sha256: string): Promise<boolean> {
  const current = await listCurrentPrompts(library.store.read, key.clientId, key.locale);
  const row = current.find(({ prompt_id }) => prompt_id === key.id);
  return row?.wav_sha256 === sha256 && row.text === text;
}

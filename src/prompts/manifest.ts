import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FORMATS, type Format } from "../sound/formats.js";
import { type Catalogue, type Prompt, speedOf, spokenText } from "./prompts-yaml.js";
import { SOUND } from "../sound/sound.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const renderedSchema = z.strictObject({
  id: z.string(),
  /** Of what was spoken, by which voice, shaped how; tells whether a sound is still that of its text. */
  source_sha256: sha256,
  duration_ms: z.int(),
  /** null for silences, which have no level. */
  loudness: z
    .strictObject({ active_level_dbov: z.number(), rms_dbfs: z.number(), peak_dbfs: z.number() })
    .nullable(),
  files: z.strictObject({ ulaw: sha256, alaw: sha256, wav: sha256 }),
});

const manifestSchema = z.strictObject({
  locale: z.string(),
  sample_rate: z.int(),
  prompts: z.array(renderedSchema),
});

export type Rendered = z.infer<typeof renderedSchema>;
type Manifest = z.infer<typeof manifestSchema>;

function digest(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

export function fileDigest(file: string): string {
  return digest(readFileSync(file));
}

/** Fingerprint of all that decides how a prompt sounds. `when` and `tone` are for people and do not. */
export function sourceDigest(prompt: Prompt, { voice, lexicon }: Catalogue): string {
  const { engine, name } = voice;
  const source =
    prompt.kind === "silence"
      ? { ms: prompt.ms, rate: SOUND.sampleRate }
      : {
          kind: prompt.kind,
          spoken: spokenText(prompt, lexicon),
          engine,
          name,
          speed: speedOf(prompt, voice),
          SOUND,
        };
  return digest(JSON.stringify(source));
}

export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, "manifest.json");
  if (!existsSync(file)) return undefined;
  const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Writes the manifest in the order of the catalogue, so that two renderings give the same bytes. */
export function writeManifest(
  folder: string,
  catalogue: Catalogue,
  rendered: ReadonlyMap<string, Rendered>,
): void {
  const prompts = catalogue.prompts.flatMap(({ id }) => rendered.get(id) ?? []);
  const manifest: Manifest = { locale: catalogue.locale, sample_rate: SOUND.sampleRate, prompts };
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function isSoundFile(name: string): boolean {
  return FORMATS.some((format) => name.endsWith(`.${format}`));
}

/** The sound files of a folder that belong to no prompt of its catalogue. */
export function strayFiles(folder: string, catalogue: Catalogue): string[] {
  const expected = new Set(catalogue.prompts.flatMap(({ id }) => FORMATS.map((format) => `${id}.${format}`)));
  return readdirSync(folder).filter((name) => isSoundFile(name) && !expected.has(name));
}

function fileFault(folder: string, id: string, format: Format, expected: string): string[] {
  const name = `${id}.${format}`;
  const file = join(folder, name);
  if (!existsSync(file)) return [`${name} is missing`];
  return fileDigest(file) === expected ? [] : [`${name} is not the sound that was rendered`];
}

/**
 * What is wrong with the committed sounds of one locale, as sentences; nothing when all is well. Needs no speech
 * program, so it can run anywhere.
 */
export function faults(folder: string, catalogue: Catalogue): string[] {
  const rendered = new Map((readManifest(folder)?.prompts ?? []).map((entry) => [entry.id, entry]));
  const known = new Set(catalogue.prompts.map(({ id }) => id));
  return [
    ...catalogue.prompts.flatMap((prompt) => {
      const entry = rendered.get(prompt.id);
      if (entry === undefined) return [`${prompt.id} was never rendered`];
      if (entry.source_sha256 !== sourceDigest(prompt, catalogue)) {
        return [`${prompt.id} was changed since it was rendered`];
      }
      return FORMATS.flatMap((format) => fileFault(folder, prompt.id, format, entry.files[format]));
    }),
    ...[...rendered.keys()].filter((id) => !known.has(id)).map((id) => `${id} is not in the catalogue`),
    ...strayFiles(folder, catalogue).map((name) => `${name} belongs to no prompt`),
  ];
}

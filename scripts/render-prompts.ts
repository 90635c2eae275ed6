/**
 * Speaks the prompt catalogue into sound files, or checks that the committed ones still match it.
 *
 *   npx tsx scripts/render-prompts.ts [--locale ja|en] [--only id,id] [--check]
 *
 * Exit status: 0 done, 1 something failed or does not match, 2 wrong usage.
 */
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { faults, readManifest, strayFiles, writeManifest } from "../src/prompts/manifest.js";
import { type Catalogue, readCatalogue, soundFolder } from "../src/prompts/prompts-yaml.js";
import { type Locale, LOCALES } from "../src/verification/prompt-id.js";
import { requirePrograms } from "../src/prompts/speech-programs.js";
import { render } from "./voice/rendering.js";

const SOUNDS = join(dirname(dirname(fileURLToPath(import.meta.url))), "sounds");

class UsageError extends Error {}

interface Request {
  readonly locales: readonly Locale[];
  /** undefined: all of them. */
  readonly only: ReadonlySet<string> | undefined;
  readonly check: boolean;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function isLocale(value: string): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

function readRequest(args: string[]): Request {
  const { values } = parseArgs({
    args,
    options: {
      locale: { type: "string" },
      only: { type: "string" },
      check: { type: "boolean", default: false },
    },
  });
  const { locale } = values;
  if (locale !== undefined && !isLocale(locale)) {
    throw new UsageError(`--locale is ${locale}; expected one of ${LOCALES.join(", ")}`);
  }
  if (values.check && values.only !== undefined)
    throw new UsageError("--check looks at all prompts, not at --only some");
  return {
    locales: locale === undefined ? LOCALES : [locale],
    only: values.only === undefined ? undefined : new Set(values.only.split(",")),
    check: values.check,
  };
}

/** Ids that one locale has and another lacks: code that plays an id must find it in every language. */
function unevenIds(catalogues: readonly Catalogue[]): string[] {
  const idsOf = catalogues.map(({ prompts }) => new Set(prompts.map(({ id }) => id)));
  const all = new Set(idsOf.flatMap((ids) => [...ids]));
  return catalogues.flatMap(({ locale }, i) =>
    [...all]
      .filter((id) => idsOf[i]?.has(id) !== true)
      .map((id) => `${locale}: ${id} is not in the catalogue`),
  );
}

function check(locales: readonly Locale[]): boolean {
  const catalogues = LOCALES.map((locale) => readCatalogue(SOUNDS, locale));
  const wrong = [
    ...unevenIds(catalogues),
    ...catalogues
      .filter(({ locale }) => locales.includes(locale))
      .flatMap((catalogue) =>
        faults(soundFolder(SOUNDS, catalogue.locale), catalogue).map(
          (fault) => `${catalogue.locale}: ${fault}`,
        ),
      ),
  ];
  wrong.forEach(say);
  if (wrong.length > 0) say("Run npx tsx scripts/render-prompts.ts to render the sounds anew.");
  return wrong.length === 0;
}

async function renderLocale(catalogue: Catalogue, only: ReadonlySet<string> | undefined): Promise<void> {
  const folder = soundFolder(SOUNDS, catalogue.locale);
  const rendered = new Map((readManifest(folder)?.prompts ?? []).map((entry) => [entry.id, entry]));
  for (const prompt of catalogue.prompts) {
    if (only !== undefined && !only.has(prompt.id)) continue;
    const entry = await render(prompt, catalogue, folder);
    rendered.set(prompt.id, entry);
    const loud = entry.loudness;
    const measured =
      loud === null ? "silence" : `${loud.active_level_dbov} dBov, peak ${loud.peak_dbfs} dBFS`;
    say(`${catalogue.locale}/${prompt.id}  ${entry.duration_ms} ms  ${measured}`);
  }
  for (const name of strayFiles(folder, catalogue)) rmSync(join(folder, name));
  writeManifest(folder, catalogue, rendered);
}

async function main(args: string[]): Promise<boolean> {
  const request = readRequest(args);
  if (request.check) return check(request.locales);
  const catalogues = request.locales.map((locale) => readCatalogue(SOUNDS, locale));
  const known = new Set(catalogues.flatMap(({ prompts }) => prompts.map(({ id }) => id)));
  for (const id of request.only ?? []) {
    if (!known.has(id)) throw new UsageError(`--only names ${id}, which is not in the catalogue`);
  }
  requirePrograms(catalogues.map(({ voice }) => voice));
  for (const catalogue of catalogues) await renderLocale(catalogue, request.only);
  return true;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  process.exitCode = usage ? 2 : 1;
}

/**
 * Brings the manual up to date with the code, or checks that it is: tables that are made from the code, translations,
 * the same pages and headings in both languages, links.
 *
 *   npx tsx scripts/docs.ts [--check]
 *
 * Exit status: 0 done, 1 something is not as it should be, 2 wrong usage.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { PROJECT_DIR } from "../src/project-dir.js";
import { Catalogue } from "./docs/catalogue.js";
import { CONSOLE_WORDS, consoleWords } from "./docs/console-words.js";
import { brought, formatted, PART_NAMES, partsOf } from "./docs/generated.js";
import { LANGUAGES, type Language, type Say } from "./docs/languages.js";
import { deadLinks } from "./docs/links.js";
import { differentOutline } from "./docs/outline.js";
import { allMarkdown, longReadmes, pagesOf, readPage, unevenPages } from "./docs/pages.js";

/** @returns what is wrong: pages that are not what the code says, where they are not to be written. */
async function bringPages(language: Language, check: boolean): Promise<readonly string[]> {
  const catalogue = Catalogue.read(language);
  const faults: string[] = [];
  const parts: string[] = [];
  for (const file of pagesOf(language)) {
    const page = readPage(file);
    if (partsOf(page).length === 0) continue;
    parts.push(...partsOf(page));
    const now = await brought(file, page, catalogue?.say ?? ((english) => english), language);
    if (now === page) continue;
    if (check) faults.push(`${file}: is not what the code says; npm run docs brings it up to date`);
    else writeFileSync(path.join(PROJECT_DIR, file), now);
  }
  const absent = PART_NAMES.filter((name) => parts.filter((part) => part === name).length !== 1);
  return [
    ...faults,
    ...absent.map((name) => `docs/${language}: not one page has the part "${name}", but none or several`),
    ...(catalogue?.faults() ?? []),
  ];
}

/** @returns what is wrong: words of the console that are not those of the code. What they lack, the pages lack too. */
async function bringConsole(check: boolean): Promise<readonly string[]> {
  const says = Object.fromEntries(
    LANGUAGES.map((language) => [language, Catalogue.read(language)?.say ?? ((english: string) => english)]),
  ) as Record<Language, Say>;
  const now = await formatted(CONSOLE_WORDS, consoleWords(says));
  if (now === readPage(CONSOLE_WORDS)) return [];
  if (check) return [`${CONSOLE_WORDS}: is not what the code says; npm run docs brings it up to date`];
  writeFileSync(path.join(PROJECT_DIR, CONSOLE_WORDS), now);
  return [];
}

function differentOutlines(): readonly string[] {
  const [english, ...others] = LANGUAGES.map(pagesOf);
  return others.flatMap((pages) =>
    pages.flatMap((file, i) => {
      const twin = english?.[i];
      return twin === undefined
        ? []
        : (differentOutline([twin, readPage(twin)], [file, readPage(file)]) ?? []);
    }),
  );
}

async function main(args: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: { check: { type: "boolean", default: false } } });
  const faults: string[] = [];
  for (const language of LANGUAGES) faults.push(...(await bringPages(language, values.check)));
  faults.push(...(await bringConsole(values.check)));
  const uneven = unevenPages();
  faults.push(
    ...uneven,
    // Of uneven lists the twins are not told apart.
    ...(uneven.length > 0 ? [] : differentOutlines()),
    ...longReadmes(),
    ...(await deadLinks(PROJECT_DIR, allMarkdown())),
  );
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return faults.length === 0;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = error instanceof TypeError && "code" in error ? 2 : 1;
}

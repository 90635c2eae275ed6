import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../../src/project-dir.js";
import { LANGUAGES, type Language } from "./languages.js";

const READMES: Readonly<Record<Language, string>> = { en: "README.md", ja: "README.ja.md" };

/** A README is a front door: what does not fit in belongs on a page. */
const README_BYTES = 8 * 1024;

/** Other texts whose links are looked at too. */
const BESIDE = ["CONTRIBUTING.md", "CHANGELOG.md", "asterisk-config/README.md", "sounds/ATTRIBUTION.md"];

/** Paths of the manual's pages in a language, from the project's folder; the README is the first. */
export function pagesOf(language: Language): readonly string[] {
  return [READMES[language], ...markdownIn(`docs/${language}`)];
}

/** Every Markdown file of the project. */
export function allMarkdown(): readonly string[] {
  const beside = ["docs", "docs/benchmarks", "docs/decisions"].flatMap(markdownIn);
  return [...LANGUAGES.flatMap(pagesOf), ...beside, ...BESIDE];
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(path.join(PROJECT_DIR, folder))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

export function readPage(file: string): string {
  return readFileSync(path.join(PROJECT_DIR, file), "utf8");
}

/** Pages that one language has and the other lacks. */
export function unevenPages(): readonly string[] {
  const names = LANGUAGES.map(
    (language) =>
      new Set(
        pagesOf(language)
          .slice(1)
          .map((file) => path.basename(file)),
      ),
  );
  const all = new Set(names.flatMap((of) => [...of]));
  return LANGUAGES.flatMap((language, i) =>
    [...all].filter((name) => names[i]?.has(name) !== true).map((name) => `docs/${language}: has no ${name}`),
  );
}

export function longReadmes(): readonly string[] {
  return LANGUAGES.map((language) => READMES[language]).flatMap((file) => {
    const bytes = Buffer.byteLength(readPage(file));
    return bytes > README_BYTES ? [`${file}: ${bytes} bytes, more than ${README_BYTES}`] : [];
  });
}

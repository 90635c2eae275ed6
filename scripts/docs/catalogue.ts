import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT_DIR } from "../../src/project-dir.js";
import type { Language, Say } from "./languages.js";

const entries = z.array(z.strictObject({ en: z.string().min(1), text: z.string().min(1) }));

/**
 * The words of the code in another language, by the English ones: who changes a meaning in the code is told that its
 * translation has to be looked at.
 */
export class Catalogue {
  readonly #file: string;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #used = new Set<string>();
  readonly #missing = new Set<string>();

  constructor(file: string, texts: ReadonlyMap<string, string>) {
    this.#file = file;
    this.#texts = texts;
  }

  /** `docs/<language>/catalogue.yaml`; of English there is none, for those are the words of the code. */
  static read(language: Language): Catalogue | null {
    if (language === "en") return null;
    const file = `docs/${language}/catalogue.yaml`;
    const texts = entries.parse(parse(readFileSync(path.join(PROJECT_DIR, file), "utf8")));
    return new Catalogue(file, new Map(texts.map(({ en, text }) => [en, text])));
  }

  readonly say: Say = (english) => {
    this.#used.add(english);
    const text = this.#texts.get(english);
    if (text === undefined) this.#missing.add(english);
    return text ?? english;
  };

  /** What it lacks, and what it has that nobody says any more; to be asked after everything was said. */
  faults(): readonly string[] {
    const left = [...this.#texts.keys()].filter((english) => !this.#used.has(english));
    return [
      ...[...this.#missing].map((english) => `${this.#file}: lacks ${JSON.stringify(english)}`),
      ...left.map((english) => `${this.#file}: nothing says ${JSON.stringify(english)} any more`),
    ];
  }
}

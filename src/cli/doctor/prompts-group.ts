import { existsSync } from "node:fs";
import path from "node:path";
import { FORMATS } from "../../sound/formats.js";
import { PROJECT_DIR } from "../../project-dir.js";
import { openPromptLibrary, versionsDir } from "../../prompts/library.js";
import { soundFolder } from "../../prompts/prompts-yaml.js";
import { damagedFiles } from "../../prompts/sound-integrity.js";
import { listVersionsWithSound } from "../../store/prompts.js";
import { LOCALES } from "../../verification/prompt-id.js";
import { type FoundIn, group } from "./finding.js";
import { PROMPT_FINDINGS } from "./prompts-findings.js";

type Seen = FoundIn<typeof PROMPT_FINDINGS>;

const MOST_NAMED = 5;

/** Whether what is said has its sounds; how they sound `honnin prompts check` tells. */
export const promptsGroup = group(
  { ja: "案内の音声", en: "Prompts" },
  PROMPT_FINDINGS,
  async ({ store, dataDir, config }) => {
    if (store === null) return [];
    const versionsIn = versionsDir({ dataDir, promptsDir: config?.promptsDir });
    const library = openPromptLibrary(store, versionsIn, path.join(PROJECT_DIR, "sounds"));
    const shipped = LOCALES.flatMap((locale) =>
      library.catalogues[locale].prompts.flatMap(({ id }) =>
        FORMATS.map((format) => path.join(soundFolder(library.soundsDir, locale), `${id}.${format}`)),
      ),
    ).filter((file) => !existsSync(file));
    const found: Seen[] = [];
    if (shipped.length > 0) found.push({ id: "sounds-missing", seen: named(shipped) });
    const rows = await listVersionsWithSound(store.read);
    const damaged = (await Promise.all(rows.map((row) => damagedFiles(library, row)))).flat();
    if (damaged.length > 0) {
      found.push({ id: "own-sounds-damaged", seen: named(damaged.map(({ file, is }) => `${file} (${is})`)) });
    }
    return found;
  },
);

function named(files: readonly string[]): string {
  const more = files.length > MOST_NAMED ? ` … (${String(files.length)})` : "";
  return `${files.slice(0, MOST_NAMED).join(", ")}${more}`;
}

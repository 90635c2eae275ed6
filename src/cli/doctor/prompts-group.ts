import { existsSync } from "node:fs";
import path from "node:path";
import { FORMATS } from "../../sound/formats.js";
import { errorText } from "../../log.js";
import { PROJECT_DIR } from "../../project-dir.js";
import { openPromptLibrary, type PromptLibrary, versionsDir } from "../../prompts/library.js";
import { soundFolder } from "../../prompts/prompts-yaml.js";
import { storedSound } from "../../prompts/stored-sound.js";
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
    let library: PromptLibrary;
    try {
      library = openPromptLibrary(store, versionsIn, path.join(PROJECT_DIR, "sounds"));
    } catch (error) {
      // Not even what they say is there.
      return [{ id: "sounds-missing", seen: errorText(error) }];
    }
    const shipped = LOCALES.flatMap((locale) =>
      library.catalogues[locale].prompts.flatMap(({ id }) =>
        FORMATS.map((format) => path.join(soundFolder(library.soundsDir, locale), `${id}.${format}`)),
      ),
    ).filter((file) => !existsSync(file));
    const found: Seen[] = [];
    if (shipped.length > 0) found.push({ id: "sounds-missing", seen: named(shipped) });
    const damaged = await damagedVersions(library);
    if (damaged.length > 0) found.push({ id: "own-sounds-damaged", seen: named(damaged) });
    return found;
  },
);

/** One sound at a time: together they may be more than the memory holds. */
async function damagedVersions(library: PromptLibrary): Promise<string[]> {
  const damaged: string[] = [];
  const looked = new Set<string | null>();
  for (const row of await listVersionsWithSound(library.store.read)) {
    if (looked.has(row.sound)) continue;
    looked.add(row.sound);
    const stored = await storedSound(library, row);
    if ("damage" in stored) damaged.push(`${row.locale}/${row.prompt_id} (${stored.damage})`);
  }
  return damaged;
}

function named(files: readonly string[]): string {
  const more = files.length > MOST_NAMED ? ` … (${String(files.length)})` : "";
  return `${files.slice(0, MOST_NAMED).join(", ")}${more}`;
}

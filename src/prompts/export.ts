import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { archiveFile, type ArchiveManifest, MANIFEST_NAME } from "./archive-manifest.js";
import { isReplaceable, type PromptLibrary } from "./library.js";
import { LOCALES } from "../verification/prompt-id.js";
import { PromptRefusal } from "./prompt-refusal.js";
import { type HeardPrompt, heardWave, listHeard } from "./resolve.js";
import { sha256Of } from "./stored-sound.js";
import { packTar, type TarEntry } from "./tar.js";

export interface ExportRequest {
  /** null: the default set. */
  readonly clientId: string | null;
  /** For people. */
  readonly set: string;
  /** Also what the set has from the sets under it. */
  readonly all: boolean;
}

/**
 * The current versions of a set in both locales, with their texts: a tar.gz of WAV files and a manifest.
 *
 * @throws {PromptRefusal} `nothing_to_export`, `sound_missing`
 */
export async function exportPrompts(library: PromptLibrary, request: ExportRequest): Promise<Buffer> {
  const own = request.clientId === null ? "default" : "client";
  const heard: HeardPrompt[] = [];
  for (const locale of LOCALES) {
    const ofLocale = await listHeard(library, request.clientId, locale);
    const spoken = library.catalogues[locale].prompts.filter(isReplaceable).map(({ id }) => id);
    heard.push(
      ...ofLocale.filter(({ id, source }) => spoken.includes(id) && (request.all || source === own)),
    );
  }
  if (heard.length === 0) {
    throw new PromptRefusal(
      "nothing_to_export",
      "This set has no versions of its own (--all takes what is heard).",
    );
  }
  const entries: TarEntry[] = [];
  const prompts: ArchiveManifest["prompts"] = [];
  for (const prompt of heard) {
    const { locale, id, text, durationMs } = prompt;
    const bytes = await heardWave(library, prompt);
    if (bytes === undefined) throw new PromptRefusal("sound_missing", `The sound of ${id} is missing.`);
    const name = archiveFile(locale, id);
    entries.push({ name, bytes });
    prompts.push({
      locale,
      id,
      text: text ?? "",
      file: name,
      sha256: sha256Of(bytes),
      duration_ms: durationMs ?? 0,
    });
  }
  const now = library.clock();
  const manifest: ArchiveManifest = {
    format: "honnin-prompts",
    format_version: 1,
    set: request.set,
    exported_at: new Date(now).toISOString(),
    prompts,
  };
  const first = { name: MANIFEST_NAME, bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
  return promisify(gzip)(packTar([first, ...entries], Math.floor(now / 1000)));
}

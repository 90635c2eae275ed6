import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { PromptVersionRow } from "../store/prompts.js";
import { FORMATS } from "../sound/formats.js";
import type { PromptLibrary } from "./library.js";
import { soundPath } from "./sound-files.js";

export interface DamagedFile {
  readonly file: string;
  readonly is: "missing" | "altered";
}

/** The files of a version that are missing or are not those that were written; `sound` is not null. */
export async function damagedFiles(
  { dir }: Pick<PromptLibrary, "dir">,
  row: PromptVersionRow,
): Promise<DamagedFile[]> {
  const { sound, prompt_id: id } = row;
  if (sound === null) return [];
  const damaged: DamagedFile[] = [];
  for (const format of FORMATS) {
    const bytes = await readFile(`${soundPath(dir, sound, id)}.${format}`).catch(() => undefined);
    const digest = bytes === undefined ? undefined : createHash("sha256").update(bytes).digest("hex");
    if (digest === undefined) damaged.push({ file: `${id}.${format}`, is: "missing" });
    else if (digest !== row[`${format}_sha256`]) damaged.push({ file: `${id}.${format}`, is: "altered" });
  }
  return damaged;
}

import { readdirSync } from "node:fs";
import path from "node:path";

/** Ending of what a copy is called until it is whole. */
export const PART = ".part";

/** Copies that were kept before a schema was changed; paths, those of a process that was killed too. */
export function keptCopies(file: string): string[] {
  const folder = path.dirname(file);
  const start = `${path.basename(file)}.before-`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .map((name) => path.join(folder, name));
}

import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

/** Ending of what a copy is called until it is whole. */
export const PART = ".part";
/** Copies that are kept; older ones are deleted. */
const KEPT = 3;

/** By what copies of a database elsewhere are called, which lie in the data directory. */
export const copyStem = (dataDir: string): string => path.join(dataDir, "postgres");

/** What a copy is called that is made now. @param first the first of the changes before which it is made. */
export function copyNameOf(file: string, first: string): string {
  return `${file}.before-${first}-${new Date().toISOString().replace(/[-:.]/g, "")}`;
}

/** Copies that were kept before a schema was changed; paths, those of a process that was killed too. */
export function keptCopies(file: string): string[] {
  const folder = path.dirname(file);
  const start = `${path.basename(file)}.before-`;
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.startsWith(start))
    .map((name) => path.join(folder, name));
}

/** What processes that were killed have left. */
export function removeParts(file: string): void {
  for (const name of keptCopies(file).filter((one) => one.endsWith(PART))) rmSync(name);
}

/** All but the last, by the time at the end of their names. */
export function removeOldest(file: string): void {
  const time = (name: string): string => name.slice(name.lastIndexOf("-") + 1);
  const newestFirst = keptCopies(file).sort((a, b) => time(b).localeCompare(time(a)));
  for (const name of newestFirst.slice(KEPT)) rmSync(name);
}

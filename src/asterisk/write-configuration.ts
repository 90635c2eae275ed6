import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RenderedConfiguration } from "./render-configuration.js";

/**
 * Writes the rendered files into a folder of our own, readable by its owner only (they hold passwords),
 * and removes what an earlier version left there: Asterisk would still read it.
 */
export async function writeConfiguration(dir: string, files: RenderedConfiguration): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  for (const name of await readdir(dir)) {
    if (!files.has(name)) await rm(join(dir, name), { recursive: true });
  }
  for (const [name, text] of files) {
    const path = join(dir, name);
    await writeFile(path, text, { mode: 0o600 });
    await chmod(path, 0o600);
  }
}

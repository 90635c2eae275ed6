import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

/** The folder that holds asterisk-config/ and sounds/: one above src/ or dist/. */
export const PROJECT_DIR = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Of this software, as its package.json says. */
export const VERSION = (
  JSON.parse(readFileSync(path.join(PROJECT_DIR, "package.json"), "utf8")) as { version: string }
).version;

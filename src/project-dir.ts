import { fileURLToPath } from "node:url";
import path from "node:path";

/** The folder that holds asterisk-config/ and sounds/: one above src/ or dist/. */
export const PROJECT_DIR = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

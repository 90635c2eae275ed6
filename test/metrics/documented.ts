import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../phones/programs.js";

/** The series that the manual names, in the first column of its tables. */
export function documented(language: string): string[] {
  const page = readFileSync(path.join(PROJECT_DIR, "docs", language, "metrics.md"), "utf8");
  return [...page.matchAll(/^\| `(honnin_\w+)`/gm)].map(([, name = ""]) => name);
}

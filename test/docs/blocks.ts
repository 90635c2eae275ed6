import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../phones/programs.js";

/** A piece of shell in the documentation. */
export interface Block {
  /** The page, without folder and ending. */
  readonly page: string;
  /** Its number on the page, from 1. */
  readonly nth: number;
  readonly text: string;
}

/** What lies above the manual; the contributors' page is in English alone. */
const START_PAGES: Readonly<Record<string, string>> = {
  "README.md": "start",
  "README.ja.md": "start",
  "CONTRIBUTING.md": "contributing",
};

/** All of them, of one language. */
export function blocksIn(language: "en" | "ja"): readonly Block[] {
  const folder = path.join(PROJECT_DIR, "docs", language);
  const pages = readdirSync(folder).filter((name) => name.endsWith(".md"));
  const start = language === "en" ? ["README.md", "CONTRIBUTING.md"] : ["README.ja.md"];
  const files = [
    ...pages.map((name) => [name.replace(".md", ""), path.join(folder, name)] as const),
    ...start.map((name) => [START_PAGES[name] ?? name, path.join(PROJECT_DIR, name)] as const),
  ];
  return files.flatMap(([page, file]) => {
    const text = readFileSync(file, "utf8");
    return [...text.matchAll(/^```(?:sh|bash|console)\n(.*?)^```/gms)].map(
      ([, block = ""], index): Block => ({
        page,
        nth: index + 1,
        text: block,
      }),
    );
  });
}

/** What is typed: without what is said about it, and with one word for whatever the reader puts in. */
export function typed(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^(?:in_progress|verified|応答あり)/.test(line))
    .map((line) => line.replace(/\s+#.*$/, "").replaceAll(/VERIFICATION|認証ID/g, "ID"))
    .join("\n");
}

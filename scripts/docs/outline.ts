import { remark } from "remark";
import remarkGfm from "remark-gfm";

/** What a section is made of: `##`, then a letter for each table and piece of code in it. */
interface Section {
  readonly line: number;
  readonly shape: string;
}

const LETTERS: Readonly<Partial<Record<string, string>>> = { table: "t", code: "c" };

function outline(page: string): readonly Section[] {
  const sections: { line: number; shape: string }[] = [];
  for (const node of remark().use(remarkGfm).parse(page).children) {
    if (node.type === "heading") {
      sections.push({ line: node.position?.start.line ?? 0, shape: `${"#".repeat(node.depth)} ` });
    }
    const last = sections.at(-1);
    if (last !== undefined) last.shape += LETTERS[node.type] ?? "";
  }
  return sections;
}

/**
 * Where two pages in two languages part: they have the same headings in the same order, with the same tables and
 * pieces of code below each.
 */
export function differentOutline(
  [file, page]: readonly [file: string, page: string],
  [otherFile, otherPage]: readonly [file: string, page: string],
): string | null {
  const one = outline(page);
  const other = outline(otherPage);
  for (let i = 0; i < Math.max(one.length, other.length); i += 1) {
    const here = one[i];
    const there = other[i];
    if (here?.shape === there?.shape) continue;
    return `${file}:${here?.line ?? "end"} and ${otherFile}:${there?.line ?? "end"} part: a section has ${inWords(here)} and ${inWords(there)}`;
  }
  return null;
}

function inWords(section: Section | undefined): string {
  if (section === undefined) return "no heading";
  const count = (letter: string): number => section.shape.split(letter).length - 1;
  return `${"#".repeat(count("#"))}, ${count("t")} tables, ${count("c")} pieces of code`;
}

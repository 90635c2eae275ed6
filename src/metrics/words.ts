import type { Labels } from "./metrics-registry.js";

/** Every combination of the values of some labels. */
export function combinations<Name extends string>(
  values: Readonly<Record<Name, readonly string[]>>,
): Labels<Name>[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, words] of Object.entries<readonly string[]>(values)) {
    all = all.flatMap((labels) => words.map((word) => ({ ...labels, [name]: word })));
  }
  return all as Labels<Name>[];
}

/** A value that stands in a list, as it is; `other` for what does not: no label grows without bound. */
export function among(words: readonly string[], word: unknown): string {
  return typeof word === "string" && words.includes(word) ? word : "other";
}

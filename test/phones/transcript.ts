import type { HeardPrompt } from "./ear.js";

/** Digits and letters that are spoken are those of codes and passwords: which ones is nobody's business. */
const SECRET = /^(digit|letter)-\w$/;

/** The name under which a prompt may be printed: its id, in front of it the locale if it is not Japanese. */
function printable({ id, locale, cut, clipped }: HeardPrompt): string {
  const name = id.replace(SECRET, "$1-•");
  const marks = `${clipped ? "(clipped)" : ""}${cut ? "(cut)" : ""}`;
  return `${locale === "ja" ? "" : `${locale}/`}${name}${marks}`;
}

/** What was heard on one line, with seconds since `origin`: `0.52 greeting · 4.10 ask-code · 9.30 wrong-code(cut)`. */
export function transcript(prompts: readonly HeardPrompt[], origin: number): string {
  return prompts
    .map((prompt) => `${((prompt.from - origin) / 1000).toFixed(2)} ${printable(prompt)}`)
    .join(" · ");
}

/** What was heard, as an assertion names it: `greeting ask-code wrong-code(cut)`. */
export function names(prompts: readonly HeardPrompt[]): string {
  return prompts.map(printable).join(" ");
}

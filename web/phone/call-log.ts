import { signal } from "@preact/signals";
import type { phoneText } from "./phone-text.js";

type Sentence = keyof typeof phoneText.value & `log${string}`;

/** Something that happened; the sentence is made when it is shown, in the language of then. */
export interface LogLine {
  readonly nth: number;
  readonly at: Date;
  readonly what: Exclude<Sentence, "log" | "logEmpty">;
  readonly detail: string;
}

const MOST = 200;

/** The latest first. */
export const lines = signal<readonly LogLine[]>([]);
let count = 0;

export function note(what: LogLine["what"], detail = ""): void {
  count += 1;
  lines.value = [{ nth: count, at: new Date(), what, detail }, ...lines.value].slice(0, MOST);
}

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { en } from "./en.js";
import { ja } from "./ja.js";

export type Language = "ja" | "en";

type Sentences = Readonly<Record<string, string | ((...given: never[]) => string)>>;
/** What Japanese has, English has as well, with the same parameters. */
type SameAs<Japanese extends Sentences> = {
  readonly [Key in keyof Japanese]: Japanese[Key] extends (...given: infer Given) => string
    ? (...given: Given) => string
    : string;
};

export type Text = SameAs<typeof ja>;

const KEPT = "honnin.language";

export const language = signal<Language>(first());

/** A page's sentences, in the language that is shown. What every page says is in `ja.ts` and `en.ts`. */
export function texts<Japanese extends Sentences>(
  japanese: Japanese,
  english: SameAs<NoInfer<Japanese>>,
): ReadonlySignal<SameAs<Japanese>> {
  return computed(() => (language.value === "ja" ? (japanese as unknown as SameAs<Japanese>) : english));
}

export const text: ReadonlySignal<Text> = texts(ja, en);

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "ja" || kept === "en") return kept;
  return navigator.language.startsWith("ja") ? "ja" : "en";
}

/** Chosen in another window of the same server, or on the page in which this one is a frame. */
addEventListener("storage", ({ key }) => {
  if (key === KEPT) language.value = first();
});

export function speak(chosen: Language): void {
  localStorage.setItem(KEPT, chosen);
  language.value = chosen;
}

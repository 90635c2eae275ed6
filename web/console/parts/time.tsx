import type { VNode } from "preact";
import { language } from "../text/text.js";

/** A time as people of the language read it, to the second, of the browser's own zone. */
export function Time({ at, empty = "—" }: { readonly at: string | null; readonly empty?: string }): VNode {
  if (at === null) return <span class="muted">{empty}</span>;
  const shown = new Intl.DateTimeFormat(language.value === "ja" ? "ja-JP" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "medium",
  }).format(new Date(at));
  return (
    <time dateTime={at} class="number">
      {shown}
    </time>
  );
}

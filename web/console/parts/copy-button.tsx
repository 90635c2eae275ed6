import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { text } from "../text/text.js";

/** Puts a text into the clipboard, and says so. */
export function CopyButton({ value }: { readonly value: string }): VNode {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="secondary small"
      onClick={() => {
        void navigator.clipboard.writeText(value).then(() => {
          setCopied(true);
        });
      }}
    >
      <span aria-live="polite">{copied ? text.value.copied : text.value.copy}</span>
    </button>
  );
}

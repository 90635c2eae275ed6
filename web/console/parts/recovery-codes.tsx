import type { VNode } from "preact";
import { text } from "../text/text.js";
import { CopyButton } from "./copy-button.js";

/** Shown once, to be kept. */
export function RecoveryCodes({ codes }: { readonly codes: readonly string[] }): VNode {
  return (
    <>
      <p>{text.value.recoveryMeans}</p>
      <ol class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <CopyButton value={codes.join("\n")} />
    </>
  );
}

import type { VNode } from "preact";
import { CopyButton } from "./copy-button.js";
import { Dialog } from "./dialog.js";

/** A secret that is shown this once, to be copied. */
export function ShownOnce({
  title,
  means,
  secret,
  onClose,
}: {
  readonly title: string;
  readonly means: string;
  readonly secret: string;
  readonly onClose: () => void;
}): VNode {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{means}</p>
      <p>
        <code class="secret">{secret}</code> <CopyButton value={secret} />
      </p>
    </Dialog>
  );
}

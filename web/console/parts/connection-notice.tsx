import type { VNode } from "preact";
import { text } from "../text/text.js";
import type { LiveConnection } from "./use-live.js";

/** Says that what is shown may be old, and that it is so no more. There from the first, so that it is read aloud. */
export function ConnectionNotice({ connection }: { readonly connection: LiveConnection }): VNode {
  const { offline, reconnected, loading } = text.value;
  const said = { waiting: loading, connected: "", lost: offline, again: reconnected }[connection];
  const look = { waiting: "muted", connected: "", lost: "notice wait", again: "notice good" }[connection];
  return (
    <p role="status" class={look}>
      {said}
    </p>
  );
}
